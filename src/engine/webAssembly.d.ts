/**
 * The part of the WebAssembly API that the engine uses, as types.
 *
 * TypeScript has them only in its library for browsers, which would bring `window` and its like
 * along.
 */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>);
  }
  class Memory {
    constructor(descriptor: { initial: number; maximum: number; shared: boolean });
    readonly buffer: SharedArrayBuffer;
  }
  class Global {
    readonly value: unknown;
  }
  type Exports = Readonly<Record<string, unknown>>;
  class Instance {
    constructor(module: Module, imports: { env: { memory: Memory }; own?: { check: unknown } });
    readonly exports: Exports;
  }
  class RuntimeError extends Error {}
}
