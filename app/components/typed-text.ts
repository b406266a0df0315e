import type { ChangeEvent, CompositionEvent, KeyboardEvent } from 'react';
import { fitText } from '~/characters';

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
