// The finished Remix build is made later than types are checked.
declare module '*/build/server/index.js';
