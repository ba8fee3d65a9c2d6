/**
 * Draws bench/results.json into docs/pictures/: `node bench/plots.mjs`. Measures nothing.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * @param {string} root the project's folder
 * @returns {Promise<string[]>} the files written
 */
export async function writePlots(root) {
  const outfile = join(root, 'build', 'bench', 'plots.js');
  await build({
    absWorkingDir: root,
    entryPoints: ['bench/plots.ts'],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
  });
  const { plots, resultsSchema } = await import(pathToFileURL(outfile).href);
  const text = readFileSync(join(root, 'bench', 'results.json'), 'utf8');
  const folder = join(root, 'docs', 'pictures');
  mkdirSync(folder, { recursive: true });
  return Object.entries(plots(resultsSchema.parse(JSON.parse(text)))).map(([name, svg]) => {
    const path = join(folder, name);
    writeFileSync(path, `${svg}\n`);
    return path;
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const path of await writePlots(ROOT)) process.stdout.write(`${path}\n`);
}
