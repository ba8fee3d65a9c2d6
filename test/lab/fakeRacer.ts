/**
 * A guest for races that is none: each task hangs or returns as a test says, and the console and
 * the answers to stack, status and kill are as the agent's.
 */
import type { Reply } from '../../src/lab/guest/agent.js';
import type { Outcome, Sighting } from '../../src/lab/outcome.js';
import type { RaceSubject } from '../../src/lab/race/round.js';
import type { Instruction } from '../../src/userland/program.js';

/** A task that does not return. */
export interface Hang {
  /** Innermost function first. */
  readonly stack: readonly string[];
  /** It moves all the while, or once this task is killed. */
  readonly moves?: boolean;
  readonly freedBy?: number;
}

export interface FakeOptions {
  /** By task, from 1; a task that is missing here returns 'ok'. */
  readonly hangs: ReadonlyMap<number, Hang>;
  readonly console?: string;
  /** Rounds in which the guest as a whole gives no answer, from 1. */
  readonly lostIn?: number;
}

const NOTHING: Sighting = {
  iomem: [],
  devices: [],
  blocks: [],
  drivers: [],
  autoOnlineBlocks: 'offline',
};

const replyOf = (result: string, value: string): Reply => ({
  ...{ result, value, place: null, changed: new Map(), gone: [], messages: [] },
});

const frame = (name: string): string => `[<0>] ${name}+0x1f/0x2e0`;

export class FakeRacer implements RaceSubject {
  readonly release = '6.12.0-test';
  readonly asked: string[] = [];
  isClosed = false;
  readonly #options: FakeOptions;
  readonly #killed = new Set<number>();
  #looks = 0;
  #rounds = 0;
  #begun = 0;

  constructor(options: FakeOptions) {
    this.#options = options;
  }

  ask(task: number | 'a', line: string): Promise<Reply> {
    this.asked.push(`${task} ${line}`);
    if (task === 'a') return Promise.resolve(replyOf('ok', this.#answer(line)));
    return Promise.resolve(replyOf(this.#options.hangs.has(task) ? 'stuck' : 'ok', ''));
  }

  play(commands: readonly Instruction[]): Promise<readonly Outcome[]> {
    this.asked.push(...commands.map(({ text }) => `play ${text}`));
    const outcome: Outcome = { result: 'ok', value: null, messages: [], after: NOTHING };
    return Promise.resolve(commands.map(() => outcome));
  }

  look(): Promise<Sighting> {
    return Promise.resolve(NOTHING);
  }

  reset(): Promise<void> {
    this.#killed.clear();
    this.#rounds++;
    const isLost = this.#rounds === this.#options.lostIn;
    return isLost ? Promise.reject(new Error('QEMU has ended')) : Promise.resolve();
  }

  wholeConsole(): string {
    return (this.#options.console ?? '').repeat(this.#begun);
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }

  #answer(line: string): string {
    // The kernel speaks once the sides have begun.
    if (line === 'barrier') this.#begun++;
    const [verb, number] = line.split(' ');
    const task = Number(number);
    const hang = this.#options.hangs.get(task);
    if (verb === 'kill') this.#killed.add(task);
    if (hang === undefined) return verb === 'status' ? 'none' : '';
    if (verb === 'stack') return hang.stack.map(frame).join(';');
    if (verb !== 'status') return '';
    if (hang.freedBy !== undefined && this.#killed.has(hang.freedBy)) return 'none';
    return hang.moves === true ? `R 1 ${this.#looks++}` : 'D 7 2';
  }
}
