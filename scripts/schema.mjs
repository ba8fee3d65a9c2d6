/**
 * Writes schema/model.schema.json, the JSON Schema of model files, from src/model/schema.ts.
 *
 * With --check nothing is written, and the exit status says whether the file is up to date.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TARGET = join(ROOT, 'schema', 'model.schema.json');

// The bundle lies inside the project, so that its imports find node_modules.
const folder = await mkdtemp(join(ROOT, 'node_modules', '.schema-'));
try {
  const outfile = join(folder, 'jsonSchema.mjs');
  await build({
    entryPoints: [join(ROOT, 'src', 'model', 'jsonSchema.ts')],
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    outfile,
    logLevel: 'error',
  });
  const { printModelJsonSchema } = await import(pathToFileURL(outfile).href);
  const printed = printModelJsonSchema();
  if (process.argv.includes('--check')) {
    const isSame = (await readFile(TARGET, 'utf8')) === printed;
    if (!isSame) console.error('schema/model.schema.json is not up to date: npm run schema');
    process.exitCode = isSame ? 0 : 1;
  } else {
    await mkdir(join(ROOT, 'schema'), { recursive: true });
    await writeFile(TARGET, printed);
  }
} finally {
  await rm(folder, { recursive: true });
}
