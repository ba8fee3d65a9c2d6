/**
 * Writes the JSON Schemas in schema/: that of model files, from src/model/schema.ts, and that of
 * the lines of `gate --json`, from src/report/gateRecord.ts.
 *
 * With --check nothing is written, and the exit status says whether the files are up to date.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Each schema: the module that prints it, and the function that does. */
const SCHEMAS = [
  {
    target: 'model.schema.json',
    module: join('src', 'model', 'jsonSchema.ts'),
    print: 'printModelJsonSchema',
  },
  {
    target: 'gate.schema.json',
    module: join('src', 'report', 'gateRecord.ts'),
    print: 'printGateJsonSchema',
  },
];

/** @param {string} module @param {string} print @param {string} folder */
async function printed(module, print, folder) {
  const outfile = join(folder, `${print}.mjs`);
  await build({
    entryPoints: [join(ROOT, module)],
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    outfile,
    logLevel: 'error',
  });
  return (await import(pathToFileURL(outfile).href))[print]();
}

// The bundles lie inside the project, so that their imports find node_modules.
const folder = await mkdtemp(join(ROOT, 'node_modules', '.schema-'));
try {
  await mkdir(join(ROOT, 'schema'), { recursive: true });
  for (const { target, module, print } of SCHEMAS) {
    const text = await printed(module, print, folder);
    const path = join(ROOT, 'schema', target);
    if (!process.argv.includes('--check')) await writeFile(path, text);
    else if ((await readFile(path, 'utf8')) !== text) {
      console.error(`schema/${target} is not up to date: npm run schema`);
      process.exitCode = 1;
    }
  }
} finally {
  await rm(folder, { recursive: true });
}
