/** The verdict as text: classes apart, the scope beside every "holds", limits named. */
import { describe, expect, it } from 'vitest';
import { PLAIN } from '../../src/report/style.js';
import { renderVerdict } from '../../src/report/text.js';
import { DEADLOCK_TRACE, UNBIND_TRACE, verdict } from './fixtures.js';

const MIXED = verdict({
  verdict: 'violated',
  exitStatus: 11,
  violations: [UNBIND_TRACE, DEADLOCK_TRACE],
  held: ['no-crash', 'no-overlap'],
  vacuous: ['admin, line 18: never run'],
  expectation: { met: false, differences: ['states: expected 1,300, found 1,312'] },
});

describe('a verdict as text', () => {
  it('says in a few lines that a model holds, and for what scope', () => {
    expect(renderVerdict(verdict(), PLAIN)).toMatchInlineSnapshot(`
      "kmem is unbound while udev has a block online
        model        models/lifecycle/unbind-while-online.yaml
        kernel       v6.12
        granularity  call (a system call runs until it returns or waits)

      HOLDS for 1 device (dax0.0), 2 blocks, 2 actors, no faults; not modelled: CXL
        1,312 distinct states, 4,096 transitions, depth 17

      Checked, 3 properties:
          no-crash, no-deadlock, no-overlap

      Expectation: met

      Measured: 0.21 s, 6,248 states/s, 64.0 MiB, 2 workers
      Exit status 0: holds and complete, or every declared expectation met
      "
    `);
  });

  it('keeps kernel defects and script findings under headings of their own', () => {
    const options = { traceFiles: ['traces/unbind.itf.json', 'traces/size.itf.json'] };

    expect(renderVerdict(MIXED, PLAIN, options)).toMatchInlineSnapshot(`
      "kmem is unbound while udev has a block online
        model        models/lifecycle/unbind-while-online.yaml
        kernel       v6.12
        granularity  call (a system call runs until it returns or waits)

      VIOLATED: 1 kernel defect, 1 script finding
        1,312 distinct states, 4,096 transitions, depth 17

      Kernel defects (the kernel breaks what it promises)
        no-deadlock (freed by a fatal signal), 6 steps
            resizer in size_store waits for dax_region_rwsem, whose holder remover waits in
            kernfs_drain for resizer to leave dax0.0/size.
            trace: traces/size.itf.json

      Script findings (the kernel does as documented, the procedure loses)
        recoverable(dax0.0), 5 steps
            dax0.0 cannot be bound to any driver again without a reboot: kmem was unbound while
            memory33 was online, and the kernel keeps 100000000-10fffffff claimed.
            trace: traces/unbind.itf.json

      2 properties hold for 1 device (dax0.0), 2 blocks, 2 actors, no faults; not modelled: CXL:
          no-crash, no-overlap

      Never used (what they say was not tested)
        - admin, line 18: never run

      Expectation: NOT MET
        - states: expected 1,300, found 1,312

      Measured: 0.21 s, 6,248 states/s, 64.0 MiB, 2 workers
      Exit status 11: deadlock
      "
    `);
  });

  it('carries the scope on every line that says holds', () => {
    const texts = [verdict(), MIXED].map((each) => renderVerdict(each, PLAIN));
    const lines = texts.join('').split('\n');

    const without = lines.filter(
      (line) =>
        /\bholds?\b/i.test(line) &&
        !/^Exit status/.test(line) &&
        !line.includes('1 device (dax0.0)'),
    );

    expect(without).toEqual([]);
  });

  it('never says holds of a search that a limit ended', () => {
    const text = renderVerdict(
      verdict({
        verdict: 'incomplete',
        exitStatus: 20,
        stoppedBy: { limit: '1,000 states', option: '--max-states' },
      }),
      PLAIN,
    );

    expect(text).not.toMatch(/\bholds?\b/i);
  });

  it('names the limit that ended the search and the option that raises it', () => {
    const stoppedBy = { limit: 'depth 12', option: '--max-depth' };
    const text = renderVerdict(verdict({ verdict: 'incomplete', stoppedBy }), PLAIN);

    expect(text).toContain('stopped by: depth 12; to go on: --max-depth');
  });

  it('says when no expectation is declared', () => {
    expect(renderVerdict(verdict({ expectation: null }), PLAIN)).toContain(
      'Expectation: none declared',
    );
  });

  it('says who set a limit of memory, what was found beyond the counts, and what helps', () => {
    const memory = {
      setBy: 'machine',
      source: '/sys/fs/cgroup/box/memory.max',
      bytes: 448 * 2 ** 20,
    } as const;
    const helps = ['a higher limit there, or a larger machine', '--max-depth N'];
    const text = renderVerdict(
      verdict({
        verdict: 'incomplete',
        exitStatus: 152,
        stoppedBy: { limit: 'memory', option: '--max-depth N', memory, helps },
        measured: { ...verdict().measured, statesFound: 2000 },
      }),
      PLAIN,
    );

    expect(text).toContain('at least 1,312 distinct states, 4,096 transitions, depth 17\n');
    expect(text).toContain('  found in all: 2,000 states, some at depth 18\n');
    expect(text).toContain('stopped by: memory, 448.0 MiB by /sys/fs/cgroup/box/memory.max\n');
    expect(text).toContain(`what helps: ${helps.join('; ')}\n`);
    expect(text).toContain('Exit status 152: out of memory\n');
  });
});
