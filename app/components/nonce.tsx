import { createContext, useContext } from 'react';

/** The nonce of the page's own scripts; empty in the browser, where it is not needed any more. */
export const NonceContext = createContext('');

export function useNonce(): string {
  return useContext(NonceContext);
}
