/** A run as text, and the machine at its end. */
import { describe, expect, it } from 'vitest';
import { renderRun } from '../../src/report/runText.js';
import { PLAIN } from '../../src/report/style.js';
import { machine } from './fixtures.js';
import { RUN } from './runFixture.js';

describe('a run as text', () => {
  it('shows each line with what it returned and changed, then the machine at the end', () => {
    expect(renderRun(RUN, PLAIN, { model: 'model.yaml' })).toMatchInlineSnapshot(`
      "admin$ echo dax0.0 > /sys/bus/dax/drivers/device_dax/unbind                           line 9
          returns  ok

      admin$ echo dax0.0 > /sys/bus/dax/drivers/kmem/bind                                  line 10
          returns  ok
          iomem    +   100000000-107ffffff : dax0.0
                   +     100000000-107ffffff : System RAM (kmem)
          now      dax0.0: driver none -> kmem
          now      memory32: added, offline

      admin$ cat /sys/devices/system/memory/memory32/state                                 line 11
          returns  ok: "offline"

      admin$ echo dax0.0 > /sys/bus/dax/drivers/device_dax/bind                            line 12
          returns  -EBUSY
          dmesg    device_dax dax0.0: could not reserve range

      At the end
          100000000-17fffffff : Soft Reserved
            100000000-107ffffff : dax0.0
              100000000-107ffffff : System RAM (kmem)
          dax0.0: driver kmem, 128M at 100000000-107ffffff
          memory32: offline
          auto_online_blocks: offline
      "
    `);
  });

  it('compares the first line with the machine before it when that is given', () => {
    const text = renderRun(RUN.slice(0, 1), PLAIN, { initial: machine() });

    expect(text).toContain('now      dax0.0: driver device_dax -> none');
  });

  it('is empty for no records', () => {
    expect(renderRun([], PLAIN)).toBe('');
  });
});
