/**
 * Faults of a model as requests to a guest.
 */
import { describe, expect, it } from 'vitest';
import { FAULTS } from '../../src/kernel/faults.js';
import { injectionOf } from '../../src/lab/faults.js';

const ACTIONS = '/sys/kernel/debug/notifier-error-inject/memory/actions';

describe('faults of a model in a guest', () => {
  it.each([
    ['MEM_GOING_ONLINE fails with -ENOMEM', 'MEM_GOING_ONLINE', -12],
    ['MEM_GOING_ONLINE -EPERM', 'MEM_GOING_ONLINE', -1],
    ['MEM_GOING_OFFLINE fails with -EBUSY', 'MEM_GOING_OFFLINE', -16],
  ])('%s is armed before the command and disarmed behind it', (text, action, errno) => {
    expect(injectionOf(text)).toEqual({
      arm: `write ${ACTIONS}/${action}/error ${errno}`,
      disarm: `write ${ACTIONS}/${action}/error 0`,
    });
  });

  it('says for every other fault that a model may have why no kernel does it', () => {
    for (const { name, errnos } of FAULTS) {
      if (['MEM_GOING_ONLINE', 'MEM_GOING_OFFLINE'].includes(name)) continue;
      const texts =
        errnos.length === 0
          ? [name, `${name} on dax0.0`]
          : errnos.map((one) => `${name} fails with -${one}`);
      for (const text of texts)
        expect(injectionOf(text).reason).toMatch(new RegExp(`^${name}: .+`));
    }
  });

  it('refuses an errno that there is not', () => {
    expect(injectionOf('MEM_GOING_ONLINE -EWHAT').reason).toBe(
      'MEM_GOING_ONLINE: -EWHAT is no errno',
    );
  });
});
