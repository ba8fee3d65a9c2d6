/**
 * Machines of the lab as models write them, and messages that several transcripts have.
 */
import type { KernelName } from './transcript.ts';

/** A region of 2 GiB at 4 GiB with devices in it; 6.1 shows its platform device in the tree. */
export function softReserved(
  devices: readonly string[],
  ids = '{}',
  region = '100000000-17fffffff',
) {
  return (kernel: KernelName): string =>
    [
      'block_size: 128M',
      'iomem: |',
      '  00100000-1fffffff : System RAM',
      ...(kernel === 'v6.1.192'
        ? [`  ${region} : hmem.0`, `    ${region} : Soft Reserved`]
        : [`  ${region} : Soft Reserved`]),
      'regions:',
      `  hmem.0: { range: ${region}, kind: dynamic, target_node: 1${
        kernel === 'v6.1.192' ? '' : ', kmem: true'
      } }`,
      'dax:',
      ...devices.map((device) => `  ${device}`),
      `ids: ${ids}`,
    ].join('\n');
}

export const LAYOUT = [
  'dax0.0: { region: hmem.0, ranges: [100000000-10fffffff, 120000000-12fffffff] }',
  'dax0.1: { region: hmem.0, range: 110000000-11fffffff }',
  'dax0.2: { region: hmem.0, range: 130000000-133ffffff }',
];
export const ALL_IDS = '{ kmem: [dax0.0, dax0.1, dax0.2], device_dax: [dax0.0, dax0.1, dax0.2] }';

/** Messages of a probe, with the line of the driver core behind them that it failed. */
export function thenFailed(
  texts: readonly string[],
  driver: string,
  device: string,
  errno: number,
): readonly [readonly string[], readonly string[]] {
  return [
    [...texts, `${driver}: probe of ${device} failed with error -${errno}`],
    [...texts, `${driver} ${device}: probe with driver ${driver} failed with error -${errno}`],
  ];
}

export const both = (texts: readonly string[]): readonly [readonly string[], readonly string[]] => [
  texts,
  texts,
];

export const SMALL = '130000000-133ffffff dax0.2';
export const TOO_SMALL = [
  'kmem dax0.2: mapping0: 0x130000000-0x133ffffff too small after alignment',
  'kmem dax0.2: rejecting DAX region without any memory after alignment',
];
