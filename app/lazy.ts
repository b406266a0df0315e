/**
 * Builds a part at its first use and keeps it. Fronts hold their parts this way, so that a request builds only the parts
 * it needs.
 */
export function lazy<Part>(build: () => Part): () => Part {
  let built: { part: Part } | null = null;
  return () => {
    built ??= { part: build() };
    return built.part;
  };
}
