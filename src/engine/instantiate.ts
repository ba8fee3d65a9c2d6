/**
 * Makes instances of the engine's module and checks that they fit.
 */
import { SEARCH_VERSION } from '../../assembly/search/layout.js';
import { EngineError, FAIL_STALE } from './engineError.js';

/** What every build exports of the search (assembly/surface.ts); u32 results come signed. */
export interface SearchExports {
  readonly searchVersion: WebAssembly.Global;
  stateBytes(): number;
  initialCount(): number;
  writeInitial(number: number, to: number): void;
  check(state: number): number;
  searchStart(): void;
  explore(worker: number, chunks: number): number;
  resumeBegin(states: number, parts: number): number;
  insertLoaded(from: number, to: number): void;
  resumeEnd(): void;
  dropLevels(): void;
  openWindow(from: number, to: number, known: number): number;
  traceFrom(target: number, level: number): void;
  traceInitial(): number;
  traceStep(index: number, thread: number, level: number): number;
  traceIndex(): number;
  traceThread(): number;
  unpackStates(first: number, count: number, to: number): void;
  indexOf(state: number): number;
  placeServices(): void;
  traceBegin(target: number): number;
  traceRun(budget: number): number;
  traceChoose(): number;
  reachBegin(): void;
  reachRun(budget: number): number;
  edges(first: number, to: number, room: number): number;
  /** Where a state may be put for indexOf(). */
  lookupState(): number;
  countProbes(first: number, step: number, to: number, lengths: number): void;
  replayState(): number;
  replayInitial(number: number): void;
  replaySuccessorCount(): number;
  replayTake(ordinal: number): number;
  violatedBy(state: number): number;
  successors(state: number, to: number, most: number): number;
  successorsFinish(): number;
  beyondBegin(): void;
  beyondRun(budget: number): number;
  depthFirstStart(): void;
  depthFirstRun(budget: number): number;
  depthFirstDepth(index: number): number;
  depthFirstParent(index: number): number;
  depthFirstOrdinal(index: number): number;
  runsBegin(): void;
  walks(worker: number, most: number): number;
  walkAgain(run: number, target: number): number;
  swarm(worker: number, most: number): number;
  swarmAgain(run: number, target: number): number;
  followSteps(initial: number, steps: number, count: number, target: number, to: number): number;
  nameSteps(initial: number, steps: number, count: number): void;
}

/** Compiles the module unless it is compiled already. */
export function compileModule(wasm: Uint8Array | WebAssembly.Module): WebAssembly.Module {
  if (wasm instanceof WebAssembly.Module) return wasm;
  return new WebAssembly.Module(Uint8Array.from(wasm));
}

/** What a module of expressions exports (assembly/search/own.ts has the meaning). */
export interface ExpressionExports {
  check(from: number, count: number, stride: number, to: number): number;
}

/** Makes an instance of a module of expressions over a memory. */
export function instantiateExpressions(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): ExpressionExports {
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  return instance.exports as unknown as ExpressionExports;
}

/** Stands for the own properties of a search that has none; it is never called. */
const NO_EXPRESSIONS: ExpressionExports = { check: () => 0 };

/**
 * Makes an instance over a memory. Throws EngineError FAIL_STALE for a module of another build.
 *
 * @param own the module of the own properties, when there are any.
 */
export function instantiate(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  own: WebAssembly.Module | null,
): WebAssembly.Instance {
  const { check } = own === null ? NO_EXPRESSIONS : instantiateExpressions(own, memory);
  const instance = new WebAssembly.Instance(module, { env: { memory }, own: { check } });
  const version = instance.exports.searchVersion;
  const value: unknown = version instanceof WebAssembly.Global ? version.value : undefined;
  if (value !== SEARCH_VERSION) {
    const versions = `search version ${value}, expected ${SEARCH_VERSION}`;
    const text = `the engine's .wasm is of another build (${versions}); run npm run build`;
    throw new EngineError(FAIL_STALE, text);
  }
  return instance;
}

/** The exports of an instance, typed. The version has been compared, so they are all there. */
export function searchExports(instance: WebAssembly.Instance): SearchExports {
  return instance.exports as unknown as SearchExports;
}
