/**
 * Releases as `uname -r` prints them and as `kernel:` of a model names them.
 */
import { compareReleases, isRelease } from '../kernel/releases.js';

/** v6.12.117 of 6.12.117+deb12-amd64; null where no such series is modelled. */
export function releaseOf(text: string): { name: string; isMainline: boolean } | null {
  const found = /^v?([0-9]+)\.([0-9]+)(?:\.([0-9]+))?(.*)$/.exec(text);
  if (found === null) return null;
  const [, major, minor, point, rest] = found;
  const name = `v${major}.${minor}${point === undefined || point === '0' ? '' : `.${point}`}`;
  return isRelease(name) ? { name, isMainline: rest === '' } : null;
}

/** Whether devices of hmem and CXL match kmem by type, without an id. */
export function matchesByType(kernel: string): boolean {
  const release = /v[0-9]+\.[0-9]+(\.[0-9]+)?/.exec(kernel)?.[0];
  return release !== undefined && compareReleases(release, 'v6.3') >= 0;
}
