/**
 * A kernel that boots as a kernel of the model: the release whose features it is taken to have, and
 * from what that is known.
 */
import { type KernelRequest as KernelChoice, resolveKernel } from '../../kernel/features.js';
import { isRelease, KNOWN_RELEASES } from '../../kernel/releases.js';
import { probeTree } from '../../probe/probe.js';
import { kernelOfProbe } from '../../probe/probedKernel.js';
import { missingOf, openTree } from '../../probe/tree.js';
import { LabError } from '../labError.js';
import { upstreamOf } from './debianPackages.js';
import type { KernelImage } from './kernelImage.js';

export interface ModelledKernel {
  /** What a scenario is compiled for. */
  readonly choice: KernelChoice;
  /** As shown, such as 'v6.12.117 without kmem-skips-null-slot'. */
  readonly name: string;
  /** From what it is known: 'Debian package 6.1.192-2', 'release 6.19.2', 'source tree linux'. */
  readonly from: string;
  /** Features of which it is not known whether the kernel has them. */
  readonly unknown: readonly string[];
}

type Named = Pick<KernelImage, 'release' | 'banner' | 'packageVersion'>;

/** 'v6.1.192' of '6.1.192', 'v6.19' of '6.19.0-rc3'. */
function releaseName(version: string): string | null {
  const match = /^(\d+\.\d+)(?:\.(\d+))?/.exec(version);
  if (match === null) return null;
  const [, series = '', point = '0'] = match;
  return point === '0' ? `v${series}` : `v${series}.${point}`;
}

/**
 * The release that a kernel is made from. Debian's names have the version of the interface in them,
 * 6.1.0-56 for 6.1.192, so the package's version counts; their banners have it too.
 */
function baseOf({ release, banner, packageVersion }: Named): { base: string | null; from: string } {
  const version = packageVersion ?? / Debian (\S+) /.exec(banner)?.[1] ?? null;
  if (version === null) return { base: releaseName(release), from: `release ${release}` };
  return { base: releaseName(upstreamOf(version)), from: `Debian package ${version}` };
}

function described(
  choice: KernelChoice,
  from: string,
  unknown?: readonly string[],
): ModelledKernel {
  const kernel = resolveKernel(choice);
  return { choice, name: kernel.name, from, unknown: unknown ?? kernel.unknown };
}

/**
 * Tells which kernel of the model a booting one is.
 *
 * @param source its source tree, which is probed then; null to go by version.
 */
export function kernelOf(image: Named, source: string | null = null): ModelledKernel {
  if (source !== null) {
    const tree = openTree(source);
    const missing = missingOf(tree);
    if (missing.length > 0) {
      throw new LabError(`${source} is no kernel source tree: it has no ${missing.join(', ')}`);
    }
    const { base, unknown, ...changes } = kernelOfProbe(probeTree(tree));
    return described({ release: base, ...changes }, `source tree ${source}`, unknown);
  }
  const { base, from } = baseOf(image);
  if (base === null || !isRelease(base)) {
    throw new LabError(
      `kernel ${image.release} is of no release that the model knows (${KNOWN_RELEASES})`,
      'name its source tree with --source, to have it probed',
    );
  }
  return described({ release: base, with: [], without: [] }, from);
}
