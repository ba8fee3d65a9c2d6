#!/usr/bin/env node
/**
 * Starts the command (src/cli.ts, built as main.cjs) with its code compiled already where Node
 * offers that: a start is mostly the compiling of JavaScript.
 *
 * From v22.1 on Node keeps a cache by itself. Before, the build leaves what V8 made of main.cjs
 * beside it, and V8 refuses that when it is of another version; then the start is only slower.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import * as module from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

const FILE = fileURLToPath(new URL('./main.cjs', import.meta.url));
const CODE = fileURLToPath(new URL('./main.code', import.meta.url));
const require = module.createRequire(import.meta.url);

/** Set by the build: leave the compiled code of this run behind. */
const isToBeKept = process.env.DAXCHECK_KEEP_CODE === '1';

function runCompiled(): void {
  const parameters = 'exports, require, module, __filename, __dirname';
  const source = `(function (${parameters}) {${readFileSync(FILE, 'utf8')}\n})`;
  const script = new Script(source, {
    filename: FILE,
    ...(existsSync(CODE) && { cachedData: readFileSync(CODE) }),
  });
  const main = { exports: {} };
  script.runInThisContext()(main.exports, require, main, FILE, dirname(FILE));
  // At the end, when every function that a run needs has been compiled.
  if (isToBeKept) process.on('exit', () => writeFileSync(CODE, script.createCachedData()));
}

if ('enableCompileCache' in module && typeof module.enableCompileCache === 'function') {
  module.enableCompileCache();
  require(FILE);
} else if (isToBeKept || existsSync(CODE)) {
  runCompiled();
} else {
  require(FILE);
}
