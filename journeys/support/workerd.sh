#!/bin/sh
# Runs workerd so that it ends with the process that started it, also when that one is killed: Miniflare ends it only
# when it is asked to. A shell beside it looks each second whether both still run.
(
  while kill -0 "$PPID" && kill -0 $$; do sleep 1; done
  kill -KILL $$
) </dev/null >/dev/null 2>&1 3>&- &
exec "$ECHOES_WORKERD" "$@"
