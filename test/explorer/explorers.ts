/** Explorers for tests, of models as a page carries them. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compileModel } from '../../src/compile/scenario.js';
import { carry, uncarry } from '../../src/explorer/carried.js';
import { openExplorer } from '../../src/explorer/explorer.js';
import type { Explorer } from '../../src/explorer/position.js';
import { headOf, type ModelHead } from '../../src/model/head.js';
import type { Model } from '../../src/model/model.js';

/** The engine's module, for shared memory as a search has it. */
export const WASM = new Uint8Array(
  readFileSync(fileURLToPath(new URL('../../build/engine.wasm', import.meta.url))),
);

/** Opens an explorer on what a page would read of a model. */
export function explorerOf(model: Model): { explorer: Explorer; head: ModelHead | null } {
  const { head, ...parts } = uncarry(carry(compileModel(model), headOf(model)));
  return { explorer: openExplorer({ wasm: WASM, ...parts }), head };
}
