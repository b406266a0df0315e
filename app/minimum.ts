/**
 * The CSS that tells a browser at our minimum (`browserslist` in package.json) from an older one: the built styles stand
 * inside `@supports` of it (vite.config.ts), and scripts begin only where it holds (entry.client.tsx). An older browser
 * shows the words and pictures of a page in its own style, and app/styles/plain.css.
 */
export const minimumCss = '(color: color-mix(in oklab, red, red))';
