/**
 * Bundles the bench: what measures, and the two programs that search once and end.
 */
import { join } from 'node:path';
import { build } from 'esbuild';

const PROGRAMS = ['measure', 'searchSystem', 'searchModel'];

/**
 * Writes build/bench/*.js.
 *
 * @param {string} root the project's folder
 * @returns {Promise<string>} the file of what measures
 */
export async function bundleBench(root) {
  await build({
    absWorkingDir: root,
    entryPoints: PROGRAMS.map((name) => `bench/${name}.ts`),
    outdir: join('build', 'bench'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['piscina'],
    banner: {
      // Bundled CommonJS packages call require for Node's own modules.
      js: "import { createRequire as r } from 'node:module'; const require = r(import.meta.url);",
    },
    logLevel: 'warning',
  });
  return join(root, 'build', 'bench', 'measure.js');
}
