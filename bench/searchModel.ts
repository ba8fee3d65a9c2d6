/**
 * A program of its own: searches a model of the kernel once and prints what was found as one line
 * of JSON.
 *
 *   node searchModel.js MODEL.yaml WORKERS DEPTH [STATES]
 *
 * DEPTH and STATES: a number, or `all`. Every property that is on by default is checked.
 */
import { compileModel } from '../src/compile/scenario.js';
import { openKernelEngine } from '../src/kernelEngine.js';
import { loadModel } from '../src/loadModel.js';

const [file = '', workers = '1', depth = 'all', states = 'all'] = process.argv.slice(2);
const limit = (text: string): number | undefined => (text === 'all' ? undefined : Number(text));

const loaded = loadModel(file);
if (!loaded.ok) throw new Error(loaded.diagnostics.map(({ message }) => message).join('\n'));
const engine = openKernelEngine(compileModel(loaded.model), {
  workers: Number(workers),
  limits: { depth: limit(depth), states: limit(states) },
});
const found = await engine.search();
const told = {
  states: found.distinctStates,
  transitions: found.transitions,
  seconds: found.seconds,
  stateBytes: engine.stateBytes,
  memoryBytes: found.memoryBytes,
  depth: found.depth,
  stoppedBy: found.stoppedBy,
};
process.stdout.write(`${JSON.stringify(told)}\n`);
