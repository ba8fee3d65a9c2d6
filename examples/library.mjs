/**
 * daxcheck as a library: does my procedure survive udev on two kernels?
 *
 * Run it in this repository after `npm run build`, or anywhere after `npm install daxcheck`:
 * `node examples/library.mjs model.yaml`.
 */
import { explore, formatDiagnostic, loadModel } from 'daxcheck';

const path = process.argv[2] ?? 'model.yaml';
const loaded = loadModel(path);
if (!loaded.ok) {
  console.error(loaded.diagnostics.map(formatDiagnostic).join('\n'));
  process.exit(150);
}

for (const release of ['v5.1', 'v6.12']) {
  const kernel = { ...loaded.model.kernel, release };
  const verdict = await explore({ ...loaded.model, kernel, expect: null }, { workers: 1 });
  const found = verdict.violations.map(({ finding }) => finding.property).join(', ') || 'nothing';
  console.log(`${release}: ${verdict.verdict} (${verdict.distinctStates} states), found: ${found}`);
}
