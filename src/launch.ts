#!/usr/bin/env node
/**
 * Starts the command (src/cli.ts, built as main.cjs) with its code compiled already where Node
 * offers that: a start is mostly the compiling of JavaScript.
 *
 * From v22.1 on Node keeps a cache by itself. Before, the build leaves what V8 made of main.cjs
 * beside it, and V8 refuses that when it is of another version; then the start is only slower.
 *
 * This file is built as CommonJS: the loader of ES modules takes a tenth of a start.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import module from 'node:module';
import { dirname, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';

const FILE = join(import.meta.dirname, 'main.cjs');
const CODE = join(import.meta.dirname, 'main.code');
const require = module.createRequire(FILE);

// V8 compiles a function of the engine again, with optimisation, once it has run through so many
// bytes. By default that is early, and a small search pays for code that it then hardly uses. Set
// before all else, because V8 keeps compiled code for the flags that it was compiled under.
setFlagsFromString('--wasm-tiering-budget=30000000');

/** Set by the build: leave the compiled code of this run behind. */
const isToBeKept = process.env.DAXCHECK_KEEP_CODE === '1';

function runCompiled(): void {
  const parameters = 'exports, require, module, __filename, __dirname';
  // The build leaves ASCII alone, which needs no decoding.
  const source = `(function (${parameters}) {${readFileSync(FILE, 'latin1')}\n})`;
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
