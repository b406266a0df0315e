/** A text of a person inside a sentence, which keeps the direction of its own letters and leaves that of the sentence. */
export function Written({ children }: { children: string }) {
  return <bdi>{children}</bdi>;
}

/** The same for an attribute or the title of a page: the text between the isolates U+2068 and U+2069. */
export function isolated(text: string): string {
  return `\u2068${text}\u2069`;
}
