/**
 * Makes reports explorable: packs the engine and compiled models into a page, or opens an explorer
 * for the program that serves one.
 */
import { gzipSync } from 'node:zlib';
import { compileModel } from './compile/scenario.js';
import { carry } from './explorer/carried.js';
import { openExplorer } from './explorer/explorer.js';
import { toBase64 } from './explorer/plainText.js';
import type { Explorer } from './explorer/position.js';
import { engineBytes } from './kernelEngine.js';
import { headOf } from './model/head.js';
import type { Model } from './model/model.js';
import type { ReportEngine } from './report/document.js';

/** The page unpacks it again (src/page/openExplorer.ts). */
const pack = (bytes: Uint8Array): string => toBase64(gzipSync(bytes, { level: 9 }));

/** The engine's module for a document. */
export const packModule = (): string => pack(engineBytes());

/** What a page needs to explore a model by itself. */
export const packModel = (model: Model): ReportEngine => ({
  kind: 'inside',
  model: pack(new TextEncoder().encode(carry(compileModel(model), headOf(model)))),
});

/**
 * Opens an explorer on a model.
 *
 * Throws a ModelRejection for faults of scripts, rules and names.
 */
export function exploreByHand(model: Model): Explorer {
  const scenario = compileModel(model);
  const { check, observers } = scenario.ownModules;
  return openExplorer({ wasm: engineBytes(), scenario, check, observers });
}
