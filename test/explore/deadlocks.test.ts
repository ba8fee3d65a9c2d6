/** The known deadlocks of dax.md section 8: who holds what, who waits, and what frees it. */
import { describe, expect, it } from 'vitest';
import { explore } from '../../src/explore.js';
import { modelNamed } from './models.ts';

const SIZE = 's_active(dax0.0/size)';
const START = 's_active(dax0.0/mapping0/start)';
const DELETE = 's_active(hmem.0/dax_region/delete)';
const AVAILABLE = 's_active(hmem.0/dax_region/available_size)';
const REGION = 'device_lock(hmem.0)';
const RWSEM = 'dax_region_rwsem';
const PAGES = 'page references of dax0.0';

interface Row {
  readonly model: string;
  /** Each waits for what the next one holds, in the order of the model's actors. */
  readonly waits: readonly (readonly [thread: string, lock: string])[];
  readonly kind: string;
  readonly kill: readonly string[];
}

const permanent = { kind: 'permanent', kill: [] };
const killable = (kill: string) => ({ kind: 'freed by a fatal signal', kill: [kill] });

/** Before v6.9 the wait is for device_lock, which hears nothing; from v6.9 for a semaphore. */
const ROWS: readonly Row[] = [
  {
    model: 'dl1-size-against-unbind-v6.1',
    waits: [
      ['resizer', REGION],
      ['unbinder', SIZE],
    ],
    ...permanent,
  },
  {
    model: 'dl1-size-against-unbind',
    waits: [
      ['resizer', RWSEM],
      ['unbinder', SIZE],
    ],
    ...killable('resizer'),
  },
  {
    model: 'dl1-size-against-delete-v6.1',
    waits: [
      ['resizer', REGION],
      ['deleter', 's_active(dax0.1/size)'],
    ],
    ...permanent,
  },
  {
    model: 'dl1-size-against-delete',
    waits: [
      ['resizer', RWSEM],
      ['deleter', 's_active(dax0.1/size)'],
    ],
    ...killable('resizer'),
  },
  {
    model: 'dl2-mapping-show-against-shrink-v6.1',
    waits: [
      ['reader', REGION],
      ['resizer', START],
    ],
    ...permanent,
  },
  {
    model: 'dl2-mapping-show-against-shrink',
    waits: [
      ['reader', RWSEM],
      ['resizer', START],
    ],
    ...killable('reader'),
  },
  {
    model: 'remove-memory-kernfs-cycle-planted',
    waits: [
      ['admin', 's_active(memory41/state)'],
      ['other', 'device_hotplug_lock'],
    ],
    ...permanent,
  },
  {
    model: 'dl6-delete-against-unbind-v6.1',
    waits: [
      ['deleter', REGION],
      ['unbinder', DELETE],
    ],
    ...permanent,
  },
  {
    model: 'dl6-delete-against-unbind',
    waits: [
      ['deleter', REGION],
      ['unbinder', DELETE],
    ],
    ...permanent,
  },
  {
    model: 'available-size-against-unbind',
    waits: [
      ['reader', REGION],
      ['unbinder', AVAILABLE],
    ],
    ...permanent,
  },
  { model: 'pinned-page-self', waits: [['process', PAGES]], ...permanent },
  {
    model: 'pinned-page-kept',
    waits: [['admin', PAGES]],
    kind: 'unbounded wait',
    kill: ['process'],
  },
];

describe(`deadlocks, ${ROWS.length} from the papers and from stock kernels`, () => {
  it.each(ROWS)('$model: $kind', async ({ model, waits, kind, kill }) => {
    const { violations, exitStatus } = await explore(modelNamed(`bugs/${model}.yaml`));
    const deadlock = violations[0]?.finding.deadlock;

    expect(exitStatus).toBe(11);
    expect(deadlock?.threads.map(({ thread, waitsFor }) => [thread, waitsFor])).toEqual(waits);
    expect(deadlock?.kind).toBe(kind);
    expect(deadlock?.cycles).toEqual([{ kind, kill, threads: waits.map(([thread]) => thread) }]);
  });

  it('have a thread behind each wait that holds what is waited for', async () => {
    const { violations } = await explore(modelNamed('bugs/dl2-mapping-show-against-shrink.yaml'));
    const [reader, resizer] = violations[0]?.finding.deadlock?.threads ?? [];

    expect(reader?.holds).toContain(resizer?.waitsFor);
    expect(resizer?.holds).toContain(reader?.waitsFor);
    expect(reader?.heldBy).toEqual([resizer?.thread]);
  });
});
