/** Kinds of deadlock: by hand, and against a search over everything that could end a wait. */
import { describe, expect, it } from 'vitest';
import { WaitKind } from '../../assembly/layout.js';
import { shapeOf, type Waiter } from '../../src/verdict/deadlockKinds.js';

const { Uninterruptible, UserLevel, Killable, Restarts } = WaitKind;
const waiter = (thread: number, wait: WaitKind, ...waitsFor: readonly number[]): Waiter => ({
  thread,
  wait,
  waitsFor: waitsFor.reduce((set, other) => set | (1 << other), 0),
});

interface Case {
  readonly claim: string;
  readonly waiters: readonly Waiter[];
  readonly keepers?: number;
  readonly shape: ReturnType<typeof shapeOf>;
}

const CASES: readonly Case[] = [
  {
    claim: 'two threads that hear nothing are permanent',
    waiters: [waiter(0, Uninterruptible, 1), waiter(1, Uninterruptible, 0)],
    shape: {
      kind: 'permanent',
      knots: [{ kind: 'permanent', threads: [0, 1], kill: [] }],
      behind: [],
    },
  },
  {
    claim: 'a thread that waits for itself and hears nothing is permanent',
    waiters: [waiter(3, Uninterruptible, 3)],
    shape: {
      kind: 'permanent',
      knots: [{ kind: 'permanent', threads: [3], kill: [] }],
      behind: [],
    },
  },
  {
    claim: 'one killable wait in the only cycle frees it',
    waiters: [waiter(0, Killable, 1), waiter(1, Uninterruptible, 0)],
    shape: {
      kind: 'freed by a fatal signal',
      knots: [{ kind: 'freed by a fatal signal', threads: [0, 1], kill: [0] }],
      behind: [],
    },
  },
  {
    claim: 'a killable member does not free the other cycle that its knot has',
    waiters: [
      waiter(0, Killable, 1),
      waiter(1, Uninterruptible, 0, 2),
      waiter(2, Uninterruptible, 1),
    ],
    shape: {
      kind: 'permanent',
      knots: [{ kind: 'permanent', threads: [0, 1, 2], kill: [] }],
      behind: [],
    },
  },
  {
    claim: 'two cycles apart have each its own kind, and the worse one names the whole',
    waiters: [
      waiter(0, Killable, 1),
      waiter(1, Uninterruptible, 0),
      waiter(2, Uninterruptible, 3),
      waiter(3, Uninterruptible, 2),
    ],
    shape: {
      kind: 'permanent',
      knots: [
        { kind: 'freed by a fatal signal', threads: [0, 1], kill: [0] },
        { kind: 'permanent', threads: [2, 3], kill: [] },
      ],
      behind: [],
    },
  },
  {
    claim: 'two readers that each hold up a writer must both be killed',
    waiters: [waiter(0, Killable, 2), waiter(1, Killable, 2), waiter(2, Uninterruptible, 0, 1)],
    shape: {
      kind: 'freed by a fatal signal',
      knots: [{ kind: 'freed by a fatal signal', threads: [0, 1, 2], kill: [0, 1] }],
      behind: [],
    },
  },
  {
    claim: 'one kill is enough where it cuts both cycles',
    waiters: [waiter(0, Killable, 1, 2), waiter(1, Killable, 0), waiter(2, Killable, 0)],
    shape: {
      kind: 'freed by a fatal signal',
      knots: [{ kind: 'freed by a fatal signal', threads: [0, 1, 2], kill: [0] }],
      behind: [],
    },
  },
  {
    claim: 'a thread that only waits behind a cycle is in none',
    waiters: [
      waiter(0, Killable, 1),
      waiter(1, Uninterruptible, 2),
      waiter(2, Uninterruptible, 1),
      waiter(4, Restarts, 0),
    ],
    shape: {
      kind: 'permanent',
      knots: [{ kind: 'permanent', threads: [1, 2], kill: [] }],
      behind: [0, 4],
    },
  },
  {
    claim: 'a cycle that only a restarting call closes is a livelock',
    waiters: [waiter(0, Restarts, 1), waiter(1, Uninterruptible, 0)],
    shape: {
      kind: 'livelock',
      knots: [{ kind: 'livelock', threads: [0, 1], kill: [0] }],
      behind: [],
    },
  },
  {
    claim: 'a wait for a page of a process that has ended its commands is unbounded',
    waiters: [waiter(1, Uninterruptible, 5)],
    keepers: 1 << 5,
    shape: {
      kind: 'unbounded wait',
      knots: [{ kind: 'unbounded wait', threads: [1], kill: [5] }],
      behind: [],
    },
  },
  {
    claim: 'a script that waits for udev to settle gives up by itself',
    waiters: [waiter(0, UserLevel, 1), waiter(1, Uninterruptible, 0)],
    shape: {
      kind: 'unbounded wait',
      knots: [{ kind: 'unbounded wait', threads: [0, 1], kill: [0] }],
      behind: [],
    },
  },
];

describe(`kinds of deadlock, ${CASES.length} by hand`, () => {
  it.each(CASES)('$claim', ({ waiters, keepers, shape }) => {
    expect(shapeOf(waiters, keepers ?? 0)).toEqual(shape);
  });
});

/** Every way in which three threads can wait for one another or for a fourth that has ended. */
function* smallDeadlocks(): Generator<readonly Waiter[]> {
  const choices = [0, 1, 2].map((thread) =>
    Array.from({ length: 15 }, (_, set) => set + 1).flatMap((waitsFor) =>
      [Uninterruptible, Killable].map((wait) => ({ thread, waitsFor, wait })),
    ),
  );
  for (const a of choices[0] ?? [])
    for (const b of choices[1] ?? []) for (const c of choices[2] ?? []) yield [a, b, c];
}

/** Plays a kill out: who has been killed is gone, and who waits for nobody any more goes on. */
function leftAfter(waiters: readonly Waiter[], killed: number): number {
  let here = 0b1111 & ~killed;
  for (;;) {
    const freed = waiters.find(
      ({ thread, waitsFor }) => ((here >> thread) & 1) !== 0 && (waitsFor & here) === 0,
    );
    if (freed === undefined) return here & 0b111;
    here &= ~(1 << freed.thread);
  }
}

describe('every wait of three threads on one another and on a fourth that has ended', () => {
  it('is permanent when killing all that hear it, the fourth too, leaves somebody', () => {
    let count = 0;
    for (const waiters of smallDeadlocks()) {
      const mortal = waiters
        .filter(({ wait }) => wait === Killable)
        .reduce((set, { thread }) => set | (1 << thread), 0b1000);
      const isPermanent = leftAfter(waiters, mortal) !== 0;
      const { kind, knots } = shapeOf(waiters, 0b1000);
      if ((kind === 'permanent') !== isPermanent) expect({ waiters, kind }).toBe(isPermanent);
      // What the report says to kill frees everybody else, when each knot has somebody to kill.
      const kill = knots.flatMap((knot) => knot.kill).reduce((set, one) => set | (1 << one), 0);
      if (!isPermanent && leftAfter(waiters, kill) !== 0) expect({ waiters, kill }).toBe('free');
      count++;
    }
    expect(count).toBe(27_000);
  });
});
