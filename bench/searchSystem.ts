/**
 * A program of its own: searches a small system once and prints what was found as one line of JSON.
 *
 *   node searchSystem.js SYSTEM.wasm SCENARIO WORKERS
 *
 * SCENARIO is bytes with commas between them. It loads the engine and nothing else, as the programs
 * do that other checkers generate.
 */
import { readFileSync } from 'node:fs';
import { openEngine } from '../src/engine/engine.js';

const [file = '', scenario = '', workers = '1'] = process.argv.slice(2);
const engine = openEngine({
  wasm: readFileSync(file),
  scenario: Uint8Array.from(scenario.split(','), Number),
  workers: Number(workers),
  stopMask: 0,
  limits: {},
});
const found = await engine.search();
const told = {
  states: found.distinctStates,
  transitions: found.transitions,
  seconds: found.seconds,
  stateBytes: engine.stateBytes,
  memoryBytes: found.memoryBytes,
  complete: found.complete,
};
process.stdout.write(`${JSON.stringify(told)}\n`);
