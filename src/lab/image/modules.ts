/**
 * A kernel's modules: which there are, and in which order they are inserted.
 *
 * Dependencies are read from the modules themselves (`depends` and `softdep` of their .modinfo),
 * not from modules.dep: so there is no need of depmod, and a build tree is as good as what
 * `make modules_install` leaves (decision 7).
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from '../labError.js';
import { modinfoOf, reader } from './elf.js';
import { unpack } from './packed.js';

export interface ModuleTree {
  readonly folder: string;
  /** Files by the module's name, with underscores. */
  readonly files: ReadonlyMap<string, string>;
  /** What is compiled into the kernel. */
  readonly builtin: ReadonlySet<string>;
}

/** A module that is wanted. */
export interface ModuleWish {
  readonly name: string;
  /** As after `insmod FILE`. */
  readonly parameters?: string;
  /** A kernel without it will do. */
  readonly isOptional?: boolean;
}

/** A module as it is inserted. */
export interface PlannedModule {
  readonly name: string;
  /** The kernel that it was built for; null when it does not say. */
  readonly release: string | null;
  readonly parameters: string;
  readonly bytes: Uint8Array;
}

export interface ModulePlan {
  /** Each after those that it needs. */
  readonly modules: readonly PlannedModule[];
  /** Wishes that need no module, being compiled into the kernel. */
  readonly builtin: readonly string[];
  /** Optional wishes that the kernel does not have. */
  readonly absent: readonly string[];
}

const SUFFIX = /\.ko(\.(xz|zst|gz))?$/;

/** Turns a path or a name as people write it into the name that the kernel uses. */
export function moduleName(path: string): string {
  const base = path.split('/').at(-1) ?? path;
  return base.replace(SUFFIX, '').replace(/\.o$/, '').replaceAll('-', '_');
}

/** The file that a build leaves beside its configuration; it holds the release. */
export const BUILD_RELEASE = 'include/config/kernel.release';

function linesOf(file: string): readonly string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    // `build` and `source` are links to whole source trees.
    if (entry.isDirectory()) return filesBelow(path);
    return SUFFIX.test(entry.name) ? [path] : [];
  });
}

/**
 * A build tree is large, so its list of modules is read: `.o` or `.ko`, and in old ones `kernel/`
 * in front of each.
 */
function filesOfBuild(folder: string): readonly string[] {
  return linesOf(join(folder, 'modules.order')).flatMap((line) => {
    const path = line.replace(/\.o$/, '.ko');
    const places = [path, path.replace(/^kernel\//, '')].map((place) => join(folder, place));
    return places.filter((place) => existsSync(place)).slice(0, 1);
  });
}

/** Opens the modules in a folder: lib/modules/RELEASE of some kernel, or its build tree. */
export function openModules(folder: string): ModuleTree {
  const isBuild = existsSync(join(folder, BUILD_RELEASE));
  const paths = isBuild ? filesOfBuild(folder) : filesBelow(folder);
  return {
    folder,
    files: new Map(paths.map((path) => [moduleName(path), path])),
    builtin: new Set(linesOf(join(folder, 'modules.builtin')).map(moduleName)),
  };
}

interface LoadedModule {
  readonly bytes: Uint8Array;
  readonly release: string | null;
  readonly depends: readonly string[];
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** Reads 'pre: a b post: c'; names before any of the two words come before as well. */
export function readSoftdep(text: string): { before: string[]; after: string[] } {
  const before: string[] = [];
  const after: string[] = [];
  let now = before;
  for (const word of text.split(/\s+/).filter(Boolean)) {
    if (word === 'pre:') now = before;
    else if (word === 'post:') now = after;
    else now.push(moduleName(word));
  }
  return { before, after };
}

async function loadModule(file: string): Promise<LoadedModule> {
  const bytes = await unpack(readFileSync(file));
  const info = modinfoOf(reader(bytes));
  const soft = (info.get('softdep') ?? []).map(readSoftdep);
  const depends = (info.get('depends') ?? []).flatMap((names) => names.split(','));
  return {
    bytes,
    release: info.get('vermagic')?.[0]?.split(' ')[0] ?? null,
    depends: depends.filter((name) => name !== '').map(moduleName),
    before: soft.flatMap(({ before }) => before),
    after: soft.flatMap(({ after }) => after),
  };
}

/**
 * Puts wishes and all that they need in order; files are read and unpacked.
 *
 * A LabError names every wish that the kernel has not, unless it is optional. Soft dependencies are
 * taken where the kernel has them.
 */
export async function planModules(
  tree: ModuleTree,
  wishes: readonly ModuleWish[],
): Promise<ModulePlan> {
  const planned = new Map<string, PlannedModule>();
  const begun = new Set<string>();
  const isThere = (name: string): boolean => tree.files.has(name) || tree.builtin.has(name);
  const parameters = new Map(wishes.map((wish) => [moduleName(wish.name), wish.parameters ?? '']));
  const add = async (name: string): Promise<void> => {
    const file = tree.files.get(name);
    if (begun.has(name) || tree.builtin.has(name)) return;
    if (file === undefined) throw new LabError(`${tree.folder} has no module ${name}`);
    begun.add(name);
    const { bytes, release, depends, before, after } = await loadModule(file);
    for (const one of [...before.filter(isThere), ...depends]) await add(one);
    planned.set(name, { name, release, parameters: parameters.get(name) ?? '', bytes });
    for (const one of after.filter(isThere)) await add(one);
  };
  const missing = wishes.filter(({ name }) => !isThere(moduleName(name)));
  const needed = missing.filter(({ isOptional }) => isOptional !== true);
  if (needed.length > 0) {
    const line = `neither a module nor built in: ${needed.map(({ name }) => name).join(', ')}`;
    throw new LabError(`${tree.folder}: ${line}; configure the kernel with them`);
  }
  for (const { name } of wishes.filter((wish) => !missing.includes(wish))) {
    await add(moduleName(name));
  }
  return {
    modules: [...planned.values()],
    builtin: [...parameters.keys()].filter((name) => tree.builtin.has(name)),
    absent: missing.map(({ name }) => moduleName(name)),
  };
}
