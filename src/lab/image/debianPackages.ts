/**
 * Which of Debian's kernel packages is meant by a series or a version, from what apt lists.
 */

export interface KernelPackage {
  /** Such as 'linux-image-6.1.0-56-amd64'. */
  readonly name: string;
  /** The package's version, such as '6.1.192-2'. */
  readonly version: string;
}

/**
 * Plain kernel images alone. Others are for debugging (-dbg), virtual machines without most drivers
 * (-cloud), real time (-rt), or not for booting (-unsigned).
 */
const IMAGE = /^linux-image-(\d+\.\d+(?:\.\d+)?(?:-\d+|\+[a-z0-9.+~]+|-rc\d+)*)-amd64$/;

/** Whether a package is a plain kernel image; `linux-image-6.12-amd64` only depends on one. */
export function isKernelImage(name: string): boolean {
  const release = IMAGE.exec(name)?.[1];
  return release !== undefined && !/^\d+\.\d+$/.test(release);
}

/** 'uname -r' of the kernel in a package. */
export function releaseOf({ name }: KernelPackage): string {
  return name.replace(/^linux-image-/, '');
}

/** Reads the lines of `apt-cache madison`, `name | version | from`; sources are left out. */
export function readMadison(text: string): readonly KernelPackage[] {
  return text.split('\n').flatMap((line) => {
    const [name, version, from] = line.split('|').map((part) => part.trim());
    if (name === undefined || version === undefined || from === undefined) return [];
    return isKernelImage(name) && !from.endsWith('Sources') ? [{ name, version }] : [];
  });
}

/** '6.1.192' of '6.1.192-2' and of '6.1.192-1~deb12u1'. */
export function upstreamOf(version: string): string {
  return version.replace(/^\d+:/, '').replace(/-[^-]*$/, '');
}

const seriesOf = (version: string): string => version.split('.').slice(0, 2).join('.');

const numbersOf = (text: string): readonly number[] => (text.match(/\d+/g) ?? []).map(Number);

/** Below 0 where left is the older: by the numbers of the version, then of the name. */
function byAge(left: KernelPackage, right: KernelPackage): number {
  const [a, b] = [left, right].map(({ name, version }) => numbersOf(`${version} ${name}`));
  const places = Math.max(a?.length ?? 0, b?.length ?? 0);
  for (let place = 0; place < places; place++) {
    const difference = (a?.[place] ?? -1) - (b?.[place] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether a package is what was asked for: a series, a version, or a whole release. */
function isMeant(kernel: KernelPackage, wanted: string): boolean {
  const upstream = upstreamOf(kernel.version);
  const plain = wanted.replace(/^v/, '');
  return [seriesOf(upstream), upstream, kernel.version, releaseOf(kernel)].includes(plain);
}

/** The newest package that is meant by '6.12', '6.12.117' or '6.1.0-56-amd64'; null for none. */
export function choosePackage(
  packages: readonly KernelPackage[],
  wanted: string,
): KernelPackage | null {
  return (
    packages
      .filter((one) => isMeant(one, wanted))
      .sort(byAge)
      .at(-1) ?? null
  );
}

/** The series that there are packages of, oldest first. */
export function seriesAmong(packages: readonly KernelPackage[]): readonly string[] {
  const sorted = [...packages].sort(byAge);
  return [...new Set(sorted.map(({ version }) => seriesOf(upstreamOf(version))))];
}
