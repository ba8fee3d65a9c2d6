// Every number that the engine (AssemblyScript) and the driver (TypeScript) must agree on.
//
// Portable subset: only plain constants and plain enums, so that asc compiles it and TypeScript
// imports it. Rule of names: *_OFFSET counts bytes from the start of its record, *_BYTES is a size,
// *_AT is the offset of a header word of the scenario.

export * from './layout/beneath.ts';
export * from './layout/features.ts';
export * from './layout/names.ts';
export * from './layout/observation.ts';
export * from './layout/points.ts';
export * from './layout/program.ts';
export * from './layout/scenario.ts';
export * from './layout/state.ts';
export * from './layout/symmetry.ts';

/** Changes with any change of these files; a stale .wasm is refused. */
export const LAYOUT_VERSION = 6;
