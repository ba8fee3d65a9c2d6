/**
 * Compiles every WebAssembly module: the engine, and the small systems that keep its search honest.
 *
 * All get the same search and the same surface; for a small system, assembly/bound.ts alone is
 * replaced, in memory, by one that names it; for the engine of `--coverage`, assembly/asked.ts.
 * Names given as arguments build those modules only.
 */

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * `replaced`: a file of assembly/, and the text that stands in its place.
 *
 * @typedef {{ name: string, entry: string, out: string, target: string,
 * replaced?: { path: string, text: string } }} Build
 */

/**
 * @param {string} name of the file in bench/systems/
 * @param {string} className of its System
 * @param {string} target of asconfig.json
 * @returns {Build}
 */
function system(name, className, target) {
  return {
    name: target === 'debug' ? `${name}.debug` : name,
    entry: 'assembly/surface.ts',
    out: `build/systems/${name}${target === 'debug' ? '.debug' : ''}`,
    target,
    replaced: {
      path: 'assembly/bound.ts',
      text: `export { ${className} as System } from '../bench/systems/${name}';\n`,
    },
  };
}

/** @type {Build[]} */
const BUILDS = [
  { name: 'engine', entry: 'assembly/index.ts', out: 'build/engine', target: 'release' },
  { name: 'engine.debug', entry: 'assembly/index.ts', out: 'build/engine.debug', target: 'debug' },
  {
    name: 'engine.coverage',
    entry: 'assembly/index.ts',
    out: 'build/engine.coverage',
    target: 'release',
    replaced: { path: 'assembly/asked.ts', text: "export * from './askedKept';\n" },
  },
  {
    name: 'probe.debug',
    entry: 'assembly/search/probe.ts',
    out: 'build/systems/probe.debug',
    target: 'debug',
  },
  {
    name: 'resourceProbe.debug',
    entry: 'assembly/kernel/resourceProbe.ts',
    out: 'build/systems/resourceProbe.debug',
    target: 'debug',
  },
  {
    name: 'sectionProbe.debug',
    entry: 'assembly/kernel/sectionProbe.ts',
    out: 'build/systems/sectionProbe.debug',
    target: 'debug',
  },
  system('daxhp', 'Daxhp', 'release'),
  system('grid', 'Grid', 'release'),
  system('twoPhase', 'TwoPhase', 'release'),
  system('philosophers', 'Philosophers', 'release'),
  system('peterson', 'Peterson', 'release'),
  system('hanoi', 'Hanoi', 'release'),
  system('graph', 'Graph', 'release'),
  system('graph', 'Graph', 'debug'),
];

/** @param {Build} build */
async function compile(build) {
  const { error, stderr } = await asc.main(
    [
      build.entry,
      ...['--config', 'asconfig.json', '--target', build.target],
      ...['--outFile', `${build.out}.wasm`],
      ...(build.target === 'release' ? ['--textFile', `${build.out}.wat`] : []),
    ],
    {
      readFile(path, base) {
        if (path === build.replaced?.path) return build.replaced.text;
        // TypeScript wants the extension of an import, asc adds one: layout.ts is read by both.
        const full = join(base, path.replace(/\.ts\.ts$/, '.ts'));
        return existsSync(full) ? readFileSync(full, 'utf8') : null;
      },
    },
  );
  if (error) {
    console.error(`${build.name}: ${error.message}\n${stderr.toString()}`);
    process.exitCode = 1;
  }
}

process.chdir(ROOT);
mkdirSync('build/systems', { recursive: true });
const wanted = process.argv.slice(2);
for (const build of BUILDS) {
  const isWanted = wanted.length === 0 || wanted.includes(build.name);
  // The tree of a package holds no index.ts to compile; nothing is built from it there.
  if (isWanted && existsSync(build.entry)) await compile(build);
}
