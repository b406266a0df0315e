// The bundler provides a compiled module: workerd does not compile WebAssembly at run time.
declare module '*.wasm' {
  const module: WebAssembly.Module;
  export default module;
}
