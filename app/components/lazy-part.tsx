import {
  Component,
  type ComponentType,
  createElement,
  lazy,
  type ReactNode,
  Suspense,
  useEffect,
  useState,
} from 'react';
import { Button, IconButton } from './button';
import { load, onWaking } from './waking';

/** How often a script is requested before the note is shown, with 0.5 s and 1 s in between. */
const attempts = 3;

/**
 * A part of the page whose script is loaded when the part is first shown. If that fails, the rest of the page stays as it
 * is: a note offers to try again, and tries by itself once the connection is back.
 * `onServer` is the part itself where the HTML of the page holds it (`import.meta.env.SSR ? Part : null`): the HTML then
 * stands until the script has arrived.
 */
export function lazyPart<Props extends object>(
  importPart: () => Promise<{ default: ComponentType<Props> }>,
  onServer: ComponentType<Props> | null = null,
): ComponentType<Props> {
  // React keeps a rejected lazy import for ever, so each failure is followed by a new lazy import.
  const ask = (): ComponentType<Props> =>
    lazy(() =>
      load(importPart, { attempts }).catch((error: unknown) => {
        current = ask();
        throw new PartNotLoaded({ cause: error });
      }),
    ) as unknown as ComponentType<Props>;
  let current = onServer ?? ask();
  return (props) =>
    createElement(LoadBoundary, { render: () => createElement(Suspense, null, createElement(current, props)) });
}

class PartNotLoaded extends Error {
  constructor(options: ErrorOptions) {
    super('a part of the page did not load', options);
  }
}

/** An error boundary for scripts that did not load; other errors pass through. */
class LoadBoundary extends Component<{ render: () => ReactNode }, { error: unknown }> {
  override state = { error: null as unknown };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.render();
    if (!(error instanceof PartNotLoaded)) throw error;
    return <NotLoaded onRetry={() => this.setState({ error: null })} />;
  }
}

function NotLoaded({ onRetry }: { onRetry: () => void }) {
  const [isShown, setShown] = useState(true);
  useEffect(() => {
    const leaving = new AbortController();
    onWaking(onRetry, leaving.signal);
    return () => leaving.abort();
  }, [onRetry]);
  if (!isShown) return null;
  return (
    <div
      role="alert"
      className="room fixed inset-x-4 bottom-20 z-50 mx-auto flex max-w-[28rem] items-center gap-3 rounded-photo border border-line p-4 shadow-float md:bottom-4"
    >
      <p className="min-w-0 flex-1 text-15">This part of the page did not load. Nothing is lost.</p>
      <Button kind="quiet" onClick={onRetry}>
        Try again
      </Button>
      <IconButton icon="x" label="Close" onClick={() => setShown(false)} className="-me-2" />
    </div>
  );
}
