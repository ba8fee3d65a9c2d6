import { describe, expect, it } from 'vitest';
import { joinBlockRuns } from '../../src/report/blockRuns.js';
import { lockRows } from '../../src/report/lockText.js';

describe('a run of memory blocks', () => {
  it.each([
    [[], 1, []],
    [['add memory33', 'add memory34', 'add memory35'], 1, ['add memory33-35']],
    [['add memory33', 'add memory35'], 1, ['add memory33', 'add memory35']],
    [['add memory33', 'remove memory34'], 1, ['add memory33', 'remove memory34']],
    [['+a', '+memory1', '-a', '+a', '+memory2', '-a'], 4, ['+a', '+memory1-2', '-a']],
    [
      ['+a', '+memory1', '-a', '+a', '+memory2', '-a'],
      2,
      ['+a', '+memory1', '-a', '+a', '+memory2', '-a'],
    ],
    [['+a', '+a'], 4, ['+a', '+a']],
    [['add memory9', 'add memory10'], 1, ['add memory9-10']],
  ])('%j, up to %i together: %j', (texts, longest, joined) => {
    expect(joinBlockRuns(texts, longest)).toEqual(joined);
  });
});

describe('the locks of a whole call', () => {
  const lock = (name: string) => ({ kind: 'lock', lock: name, mode: 'write' }) as const;
  const unlock = (name: string) => ({ kind: 'unlock', lock: name, mode: 'write' }) as const;

  it('are written in order, a lock that is given back at once as one', () => {
    const events = [lock('a'), lock('b'), unlock('b'), unlock('a')];
    expect(lockRows(events, 'call')).toEqual([{ label: 'locks', text: '+a +-b -a' }]);
  });

  it('are written once for blocks that are treated alike', () => {
    const each = (index: number) => [
      lock('m'),
      lock(`device_lock(memory${index})`),
      unlock(`device_lock(memory${index})`),
      unlock('m'),
    ];
    const events = [...each(7), ...each(8), ...each(9)];
    const text = '+m +-device_lock(memory7-9) -m';
    expect(lockRows(events, 'call')).toEqual([{ label: 'locks', text }]);
  });
});
