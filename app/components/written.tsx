import type { ChangeEvent, CompositionEvent, KeyboardEvent } from 'react';
import { fitText } from '~/characters';

/** A text of a person inside a sentence, which keeps the direction of its own letters and leaves that of the sentence. */
export function Written({ children }: { children: string }) {
  return <bdi>{children}</bdi>;
}

/** The same for an attribute or the title of a page: the text between the isolates U+2068 and U+2069. */
export function isolated(text: string): string {
  return `\u2068${text}\u2069`;
}

type TextField = HTMLInputElement | HTMLTextAreaElement;

/**
 * The handlers of a text field that holds at most `most` characters. An attribute `maxLength` would count an emoji as
 * several and cut one in two. A text that an input method is still composing is left alone until it is done.
 */
export function typedText<Field extends TextField>(most: number, onText: (text: string, field: Field) => void) {
  return {
    onChange: ({ nativeEvent, currentTarget: field }: ChangeEvent<Field>) =>
      onText((nativeEvent as InputEvent).isComposing ? field.value : fitText(field.value, most), field),
    onCompositionEnd: ({ currentTarget: field }: CompositionEvent<Field>) => onText(fitText(field.value, most), field),
  };
}

/** True for a key that belongs to an input method: its Enter and Escape choose and dismiss candidates. */
export function isComposing({ nativeEvent, keyCode }: KeyboardEvent): boolean {
  // Safari sends the key that ends a composition after its end, with this code.
  return nativeEvent.isComposing || keyCode === 229;
}
