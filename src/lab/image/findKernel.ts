/**
 * Finds the kernel for a guest: Debian's newest package of a series, or one that the user built.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { LabError } from '../labError.js';
import { keep } from './cache.js';
import {
  choosePackage,
  isKernelImage,
  type KernelPackage,
  readMadison,
  releaseOf,
  seriesAmong,
} from './debianPackages.js';
import { configIn, type KernelImage, readKernel, releaseIn } from './kernelImage.js';
import { BUILD_RELEASE, openModules } from './modules.js';
import { requireOptions } from './options.js';
import { type Need, requirePrograms, runProgram } from './programs.js';

/** A kernel of Debian's, by series, version or release; or files of the user's. */
export type KernelRequest =
  | { readonly kind: 'debian'; readonly version: string }
  | {
      readonly kind: 'own';
      readonly vmlinuz: string;
      /** lib/modules/RELEASE, what `make modules_install` was told, or the build tree. */
      readonly modules: string;
      /** Its .config; null to look for it beside kernel and modules. */
      readonly config: string | null;
    };

export interface FindOptions {
  readonly cache: string;
  /** Told what takes time, a line each. */
  readonly tell?: (line: string) => void;
}

/** What is known of a package's kernel without opening it again. */
interface Kept extends KernelPackage {
  readonly banner: string;
  /** Name of the file to boot, in the same folder. */
  readonly kernel: string;
}

const kernelsIn = (cache: string): string => join(cache, 'kernels');
const RECORD = 'kernel.json';

const placeOf = (cache: string, { name, version }: KernelPackage): string =>
  join(kernelsIn(cache), `${name}_${version.replaceAll(':', '%3a')}`);

function readKept(folder: string): Kept | null {
  const file = join(folder, RECORD);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Kept) : null;
}

/** Packages that were downloaded before. */
function keptPackages(cache: string): readonly Kept[] {
  const folder = kernelsIn(cache);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.flatMap((name) => readKept(join(folder, name)) ?? []);
}

/** Lists the kernel packages that apt knows. */
async function knownPackages(): Promise<readonly KernelPackage[]> {
  const names = await runProgram('apt-cache', ['pkgnames', 'linux-image-']);
  const images = names.toString().split('\n').filter(isKernelImage);
  if (images.length === 0) return [];
  return readMadison((await runProgram('apt-cache', ['madison', ...images])).toString());
}

/** Where modules lie below a root; Debian's newer packages have them below usr. */
function modulesBelow(root: string, release: string): string | null {
  const places = ['lib/modules', 'usr/lib/modules'].map((place) => join(root, place, release));
  return places.find((place) => existsSync(place)) ?? null;
}

/** Downloads and unpacks a package into a folder that is not the final one. */
async function unpackPackage(kernel: KernelPackage, folder: string): Promise<string> {
  const root = join(folder, 'root');
  mkdirSync(root);
  await runProgram('apt-get', ['download', `${kernel.name}=${kernel.version}`], { folder });
  const packed = readdirSync(folder).find((file) => file.endsWith('.deb'));
  if (packed === undefined) throw new LabError(`apt-get download ${kernel.name} left no file`);
  await runProgram('dpkg-deb', ['-x', join(folder, packed), root]);
  rmSync(join(root, 'usr/share'), { recursive: true, force: true });
  const image = join('boot', `vmlinuz-${releaseOf(kernel)}`);
  const { banner, unpacked } = await readKernel(join(root, image));
  if (unpacked !== null) writeFileSync(join(root, 'vmlinux'), unpacked);
  const record: Kept = { ...kernel, banner, kernel: unpacked === null ? image : 'vmlinux' };
  writeFileSync(join(root, RECORD), `${JSON.stringify(record)}\n`);
  return root;
}

/** The package that is wanted, as apt has it. */
async function choose(version: string): Promise<KernelPackage> {
  const known = await knownPackages();
  const chosen = choosePackage(known, version);
  if (chosen !== null) return chosen;
  const series = seriesAmong(known);
  const what = series.length === 0 ? 'none at all' : `some of ${series.join(', ')}`;
  throw new LabError(
    `apt knows no package linux-image-*-amd64 of kernel ${version}, and ${what}`,
    'run `apt-get update`, choose another, or name your own with --vmlinuz and --modules',
  );
}

/** Downloads the newest kernel that is meant, unless it is there. */
async function newestKernel(version: string, { cache, tell }: FindOptions): Promise<KernelImage> {
  const chosen = await choose(version);
  const folder = await keep(placeOf(cache, chosen), async (work) => {
    tell?.(`downloading ${chosen.name} ${chosen.version}`);
    return unpackPackage(chosen, work);
  });
  return keptKernel(chosen, folder);
}

/** Without apt or a network, what was downloaded before must do. */
async function debianKernel(version: string, options: FindOptions): Promise<KernelImage> {
  try {
    return await newestKernel(version, options);
  } catch (error) {
    const kept = choosePackage(keptPackages(options.cache), version);
    if (kept === null || !(error instanceof LabError)) throw error;
    options.tell?.(`${error.lines[0] ?? ''}; going on with ${kept.name}, which is here`);
    return keptKernel(kept, placeOf(options.cache, kept));
  }
}

/** A kernel that was unpacked into a folder of the cache. */
function keptKernel(chosen: KernelPackage, folder: string): KernelImage {
  const record = readKept(folder);
  const release = releaseOf(chosen);
  const modules = modulesBelow(folder, release);
  if (record === null || modules === null) {
    throw new LabError(`${folder} holds no whole kernel: remove it and run this again`);
  }
  return {
    release,
    banner: record.banner,
    package: chosen.name,
    packageVersion: chosen.version,
    kernel: join(folder, record.kernel),
    modules: openModules(modules),
    config: configIn([join(folder, 'boot', `config-${release}`)]),
  };
}

/** The folder with the modules, where the user may have named one further up. */
function modulesOf(folder: string, release: string): string {
  const below = modulesBelow(folder, release) ?? join(folder, release);
  if (existsSync(below)) return below;
  const files = ['modules.order', 'modules.dep', 'modules.builtin', BUILD_RELEASE];
  if (files.some((file) => existsSync(join(folder, file)))) return folder;
  throw new LabError(
    `${folder} has no modules of kernel ${release}`,
    'name a build tree after `make modules`, or INSTALL_MOD_PATH of `make modules_install`',
  );
}

async function ownKernel(
  request: Extract<KernelRequest, { kind: 'own' }>,
  { cache }: FindOptions,
): Promise<KernelImage> {
  const { banner, unpacked } = await readKernel(request.vmlinuz);
  const release = releaseIn(banner);
  const folder = modulesOf(request.modules, release);
  const beside = dirname(request.vmlinuz);
  const places =
    request.config === null
      ? [join(folder, '.config'), join(folder, 'config'), join(beside, `config-${release}`)]
      : [request.config];
  const kernel: KernelImage = {
    release,
    banner,
    package: null,
    packageVersion: null,
    kernel:
      unpacked === null ? request.vmlinuz : await keepUnpacked(cache, request.vmlinuz, unpacked),
    modules: openModules(folder),
    config: configIn(places),
  };
  requireOptions(kernel);
  return kernel;
}

const shortHash = (data: Uint8Array | string): string =>
  createHash('sha256').update(data).digest('hex').slice(0, 16);

/** Keeps what a kernel of the user's unpacks to, and forgets what the same file was before. */
async function keepUnpacked(cache: string, vmlinuz: string, bytes: Uint8Array): Promise<string> {
  const folder = join(cache, 'unpacked');
  const file = `${shortHash(resolve(vmlinuz))}-`;
  const place = await keep(join(folder, `${file}${shortHash(bytes)}`), async (work) => {
    writeFileSync(join(work, 'vmlinux'), bytes);
    return join(work, 'vmlinux');
  });
  for (const name of readdirSync(folder)) {
    const other = join(folder, name);
    if (name.startsWith(file) && other !== place) rmSync(other, { force: true });
  }
  return place;
}

/** The programs that finding a kernel and reading its modules takes. */
export function kernelNeeds(request: KernelRequest, cache: string): readonly Need[] {
  // What a kernel of the user's is packed with is seen when it is opened.
  if (request.kind === 'own') return [];
  const isKept = choosePackage(keptPackages(cache), request.version) !== null;
  return isKept ? ['xz'] : ['apt-cache', 'apt-get', 'dpkg-deb', 'xz', 'zstd'];
}

/**
 * Finds a kernel. The first time that one of Debian's is asked for it is downloaded, which takes
 * some seconds and a few hundred megabytes below `cache`.
 */
export async function findKernel(
  request: KernelRequest,
  options: FindOptions,
): Promise<KernelImage> {
  requirePrograms(kernelNeeds(request, options.cache));
  return request.kind === 'own'
    ? ownKernel(request, options)
    : debianKernel(request.version, options);
}
