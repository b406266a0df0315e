import { createContext, useContext } from 'react';

/** The nonce of inline scripts; empty in the browser, which needs it only for the HTML of the server. */
export const NonceContext = createContext('');

export function useNonce(): string {
  return useContext(NonceContext);
}
