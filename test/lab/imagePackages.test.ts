/** Which of Debian's kernel packages a series or a version means. */
import { describe, expect, it } from 'vitest';
import {
  choosePackage,
  isKernelImage,
  readMadison,
  seriesAmong,
} from '../../src/lab/image/debianPackages.js';

const SECURITY = 'http://deb.debian.org/debian-security bookworm-security/main';
const BACKPORTS = 'http://deb.debian.org/debian bookworm-backports/main';

/** As `apt-cache madison` printed it on Debian 12, shortened, and a kernel of a later Debian. */
const LISTING = `
linux-image-6.1.0-9-amd64 | 6.1.27-1 | http://deb.debian.org/debian bookworm/main amd64 Packages
linux-image-6.1.0-56-amd64 |  6.1.192-2 | ${SECURITY} amd64 Packages
linux-image-6.1.0-55-amd64 |  6.1.190-1 | ${SECURITY} amd64 Packages
linux-image-6.12.117+deb12-amd64 | 6.12.117-1~deb12u1 | ${SECURITY} amd64 Packages
linux-image-6.12.9+bpo-amd64 | 6.12.9-1~bpo12+1 | ${BACKPORTS} amd64 Packages
linux-image-6.12.101+deb12-amd64 | 6.12.101-1~deb12u1 | ${SECURITY} Sources
linux-image-6.16.3-amd64 | 6.16.3-1 | http://deb.debian.org/debian sid/main amd64 Packages
linux-image-6.1.0-56-cloud-amd64 |  6.1.192-2 | ${SECURITY} amd64 Packages
`;

const packages = readMadison(LISTING);
const chosen = (wanted: string): string | undefined => choosePackage(packages, wanted)?.name;

describe('the names of packages', () => {
  it.each([
    'linux-image-6.1.0-56-amd64',
    'linux-image-6.12.117+deb12-amd64',
    'linux-image-6.12.9+bpo-amd64',
    'linux-image-6.16.3-amd64',
  ])('%s is a kernel', (name) => {
    expect(isKernelImage(name)).toBe(true);
  });

  it.each([
    'linux-image-6.1.0-56-amd64-dbg',
    'linux-image-6.1.0-56-amd64-unsigned',
    'linux-image-6.1.0-56-cloud-amd64',
    'linux-image-6.12.117+deb12-rt-amd64',
    'linux-image-6.12-amd64',
    'linux-image-amd64',
    'linux-image-6.1.0-56-arm64',
    'linux-headers-6.1.0-56-amd64',
  ])('%s is none that a guest boots', (name) => {
    expect(isKernelImage(name)).toBe(false);
  });
});

describe('a kernel by number', () => {
  it('is the newest of its series, by number and not by letters', () => {
    expect(chosen('6.12')).toBe('linux-image-6.12.117+deb12-amd64');
  });

  it('is told by the version of the package where the name has another', () => {
    expect(chosen('6.1')).toBe('linux-image-6.1.0-56-amd64');
    expect(chosen('6.1.190')).toBe('linux-image-6.1.0-55-amd64');
  });

  it('may be a release as uname prints it, or begin with a v', () => {
    expect(chosen('6.1.0-9-amd64')).toBe('linux-image-6.1.0-9-amd64');
    expect(chosen('v6.12.9')).toBe('linux-image-6.12.9+bpo-amd64');
  });

  it('is not there when only its source is, or nothing', () => {
    expect(chosen('6.12.101')).toBeUndefined();
    expect(chosen('6.2')).toBeUndefined();
    expect(chosen('6')).toBeUndefined();
  });
});

describe('the series that there are', () => {
  it('are told oldest first, each once', () => {
    expect(seriesAmong(packages)).toEqual(['6.1', '6.12', '6.16']);
  });
});
