/** Makes a value when it is first asked for, once. */
export function lazy<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

type Makers = Readonly<Record<string, () => unknown>>;
type Made<M extends Makers> = { readonly [Name in keyof M]: ReturnType<M[Name]> };

/**
 * Adds members that are made when they are first read, once each, to `front` (by default an empty object): a request
 * for a part of a photo then builds nothing of billing.
 */
export function lazyMembers<M extends Makers, Front extends object = object>(
  makers: M,
  front?: Front,
): Front & Made<M> {
  const members = Object.fromEntries(
    Object.entries(makers).map(([name, make]) => [name, { get: lazy(make), enumerable: true }]),
  );
  return Object.defineProperties(front ?? {}, members) as Front & Made<M>;
}
