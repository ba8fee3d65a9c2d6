/**
 * The agent's keys of `observe`, as a sighting of the machine.
 */
import type { Range } from '../../model/model.js';
import type { IomemLine } from '../../verdict/trace.js';
import { linesWithin, type SeenDevice, type Sighting } from '../outcome.js';

const LINE = /^( *)([0-9a-f]+)-([0-9a-f]+) : (.*)$/;

/** Lines of /proc/iomem whose newlines came as semicolons. */
export function parseIomem(text: string): readonly IomemLine[] {
  return text.split(';').flatMap((line) => {
    const match = LINE.exec(line);
    if (match === null) return [];
    const [, indent = '', start, end, name = ''] = match;
    return [
      { start: BigInt(`0x${start}`), end: BigInt(`0x${end}`), name, depth: indent.length / 2 },
    ];
  });
}

function rangesOf(name: string, keys: ReadonlyMap<string, string>): readonly Range[] {
  const ranges: (Range & { readonly number: number })[] = [];
  for (const [key, start] of keys) {
    const match = /^dax\/([^/]+)\/mapping(\d+)\/start$/.exec(key);
    if (match?.[1] !== name) continue;
    const end = keys.get(key.replace(/start$/, 'end'));
    ranges.push({ number: Number(match[2]), start: BigInt(start), end: BigInt(end ?? 0) });
  }
  ranges.sort((left, right) => left.number - right.number);
  return ranges.map(({ start, end }) => ({ start, end }));
}

function deviceOf(name: string, keys: ReadonlyMap<string, string>): SeenDevice {
  const driver = keys.get(`dax/${name}/driver`) ?? 'none';
  return {
    name,
    driver: driver === 'none' ? null : driver,
    size: BigInt(keys.get(`dax/${name}/size`) ?? 0),
    ranges: rangesOf(name, keys),
  };
}

const numbers = (left: string, right: string): number =>
  left.localeCompare(right, 'en', { numeric: true });

/** Names that stand between a prefix and the next slash of a key, in order. */
function namesAfter(prefix: string, keys: ReadonlyMap<string, string>): readonly string[] {
  const names = new Set<string>();
  for (const key of keys.keys()) {
    if (key.startsWith(prefix)) names.add(key.slice(prefix.length).split('/')[0] ?? '');
  }
  return [...names].sort(numbers);
}

/**
 * Reads a sighting out of the agent's keys.
 *
 * @param spans where the model's regions lie; nothing else of the machine is told.
 */
export function sightingOfKeys(
  keys: ReadonlyMap<string, string>,
  spans: readonly Range[],
  blockBytes: bigint,
): Sighting {
  const isInside = (index: number): boolean =>
    spans.some(
      ({ start, end }) =>
        BigInt(index) * blockBytes <= end && (BigInt(index) + 1n) * blockBytes > start,
    );
  return {
    iomem: linesWithin(parseIomem(keys.get('iomem') ?? ''), spans),
    devices: namesAfter('dax/', keys).map((name) => deviceOf(name, keys)),
    blocks: namesAfter('block/', keys)
      .map(Number)
      .filter(isInside)
      .map((index) => ({
        index,
        state: keys.get(`block/${index}/state`) ?? 'absent',
        zones: keys.get(`block/${index}/valid_zones`) ?? 'absent',
      })),
    drivers: namesAfter('driver/', keys),
    autoOnlineBlocks: keys.get('auto_online_blocks') ?? 'absent',
  };
}
