// The bundler hands over a compiled module: workerd allows no compiling at run time.
declare module '*.wasm' {
  const module: WebAssembly.Module;
  export default module;
}
