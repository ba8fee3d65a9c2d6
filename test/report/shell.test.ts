/** The shell lines of a trace. */
import { describe, expect, it } from 'vitest';
import { renderShellLines } from '../../src/report/shell.js';
import { DEADLOCK_TRACE, UNBIND_TRACE } from './fixtures.js';

describe('the shell lines of a trace', () => {
  it('say what each returned', () => {
    expect(renderShellLines(UNBIND_TRACE)).toMatchInlineSnapshot(`
      "echo dax0.0 > /sys/bus/dax/drivers/device_dax/unbind     # admin, line 14: ok
      echo dax0.0 > /sys/bus/dax/drivers/kmem/bind             # admin, line 15: ok
      echo online > /sys/devices/system/memory/memory33/state  # udev, line 19: ok
      echo dax0.0 > /sys/bus/dax/drivers/kmem/unbind           # admin, line 16: ok
      echo dax0.0 > /sys/bus/dax/drivers/device_dax/bind       # admin, line 17: -EBUSY
      "
    `);
  });

  it('say which never return, and who ran meanwhile', () => {
    const lines = renderShellLines(DEADLOCK_TRACE).trimEnd().split('\n');

    expect(lines.map((line) => line.split('# ')[1])).toEqual([
      'remover, line 14: never returns, while resizer ran',
      'resizer, line 12: never returns, while remover ran',
    ]);
  });

  it('keep a command of several lines on one', () => {
    const [step] = UNBIND_TRACE.steps;
    if (step?.command === undefined || step.command === null) throw new Error('fixture');
    const command = { ...step.command, text: 'if true\nthen true\nfi\n' };

    const text = renderShellLines({ ...UNBIND_TRACE, steps: [{ ...step, command }] });

    expect(text).toBe('if true; then true; fi  # admin, line 14: ok\n');
  });
});
