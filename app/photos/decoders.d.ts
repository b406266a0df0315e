declare module 'libheif-js/libheif-wasm/libheif.js' {
  interface HeifImage {
    get_width(): number;
    get_height(): number;
    is_primary(): boolean;
    /** Fills the pixels of an upright picture; null when it cannot be decoded. */
    display(pixels: ImageData, done: (pixels: ImageData | null) => void): void;
    free(): void;
  }
  interface Libheif {
    HeifDecoder: new () => { decode(bytes: Uint8Array): HeifImage[] };
  }
  const libheif: (options: { wasmBinary: ArrayBuffer }) => Libheif | Promise<Libheif>;
  export default libheif;
}

// The bundler provides a compiled module: workerd does not compile WebAssembly at run time.
declare module '*.wasm' {
  const module: WebAssembly.Module;
  export default module;
}
