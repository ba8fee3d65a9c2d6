import { describe, expect, it } from 'vitest';
import { commandOf } from '../../src/page/keys.js';
import { parseRoute, stepAddress, traceAddress } from '../../src/page/route.js';

describe('addresses within a report', () => {
  it('name a behaviour and a step', () => {
    expect(parseRoute('#v1s12')).toEqual({ view: 'trace', trace: 0, step: 12 });
    expect(parseRoute('#v3')).toEqual({ view: 'trace', trace: 2, step: null });
    expect(parseRoute(stepAddress(4, 0))).toEqual({ view: 'trace', trace: 4, step: 0 });
    expect(parseRoute(traceAddress(0))).toEqual({ view: 'trace', trace: 0, step: null });
  });

  it('are the summary, or a section of it, otherwise', () => {
    expect(parseRoute('')).toEqual({ view: 'summary', section: null });
    expect(parseRoute('#summary')).toEqual({ view: 'summary', section: null });
    expect(parseRoute('#lock-order')).toEqual({ view: 'summary', section: 'lock-order' });
  });

  it('are the summary where they cannot be read', () => {
    expect(parseRoute('#%')).toEqual({ view: 'summary', section: '%' });
  });
});

describe('keys', () => {
  const press = { isModified: false, isTyping: false, isScrolling: false };

  it('move by letters and arrows', () => {
    expect(commandOf({ ...press, key: 'j' })).toBe('next');
    expect(commandOf({ ...press, key: 'ArrowUp' })).toBe('previous');
    expect(commandOf({ ...press, key: 'x' })).toBeNull();
  });

  it('leave arrows to what scrolls, letters to a field, and chords to the browser', () => {
    expect(commandOf({ ...press, key: 'ArrowUp', isScrolling: true })).toBeNull();
    expect(commandOf({ ...press, key: 'j', isScrolling: true })).toBe('next');
    expect(commandOf({ ...press, key: 'j', isTyping: true })).toBeNull();
    expect(commandOf({ ...press, key: 's', isModified: true })).toBeNull();
  });
});
