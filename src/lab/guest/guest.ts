/**
 * A guest: a kernel under QEMU whose agent plays a scenario's commands and looks at the machine.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Model } from '../../model/model.js';
import type { Instruction } from '../../userland/program.js';
import { type FaultText, injectionOf } from '../faults.js';
import { LabError } from '../labError.js';
import { consoleLines, tellingMessages } from '../noise.js';
import type { Outcome, Sighting } from '../outcome.js';
import { type Request, requestsOf } from '../requests.js';
import type { Rig } from '../rig.js';
import type { Subject } from '../subject.js';
import { AgentLine, type KernelMessage, type Reply } from './agent.js';
import { Qemu } from './qemu.js';
import { sightingOfKeys } from './sighting.js';

export interface GuestOptions {
  readonly model: Model;
  readonly rig: Rig;
  readonly release: string;
  readonly vmlinux: string;
  readonly initramfs: string;
  readonly directory: string;
  readonly accelerator: 'kvm' | 'tcg';
  readonly processors?: number;
  readonly line: 'virtio' | 'serial';
  /** Until a guest that says nothing counts as one that does not come up. */
  readonly bootSeconds?: number;
}

/** Seconds until a guest that says nothing counts as not coming up, or a command as stuck. */
const BOOT_SECONDS = 90;
const COMMAND_SECONDS = 20;

/** Task that looks at the machine when the one that should is stuck. */
const OBSERVER = 15;
const SNAPSHOT = 'base';

const ascending = (left: bigint, right: bigint): number => (left < right ? -1 : 1);

/** Keys with their values, by task. */
type Keys = Map<number, Map<string, string>>;

const copyOf = (all: Keys): Keys => new Map([...all].map(([task, keys]) => [task, new Map(keys)]));

export class Guest implements Subject {
  readonly release: string;
  readonly #qemu: Qemu;
  readonly #agent: AgentLine;
  readonly #options: GuestOptions;
  /** Keys of `observe` that each task has told so far, and as they were at the snapshot. */
  #keys: Keys = new Map();
  #keysAtSnapshot: Keys = new Map();
  #console: string[] = [];
  /** Bytes that were on the serial console at the last reset. */
  #written = 0;
  /** Asks the agent for the machine from the first block of a region on. */
  readonly #observeLine: string;
  #resets = 0;

  private constructor(qemu: Qemu, agent: AgentLine, options: GuestOptions) {
    this.#qemu = qemu;
    this.#agent = agent;
    this.#options = options;
    this.release = options.release;
    const { rig, model } = options;
    const first = rig.spans.map(({ start }) => start / model.machine.blockSize).sort(ascending)[0];
    this.#observeLine = `observe ${first ?? 0n}`;
  }

  /**
   * Boots a guest and waits for its agent.
   *
   * Throws LabError when it does not come up, with the end of its console.
   */
  static async boot(options: GuestOptions): Promise<Guest> {
    mkdirSync(options.directory, { recursive: true });
    const qemu = await Qemu.start({ ...options, processors: options.processors ?? 1 });
    const agent = await AgentLine.open(join(options.directory, 'agent.sock'));
    const guest = new Guest(qemu, agent, options);
    for (let tries = 0; tries < (options.bootSeconds ?? BOOT_SECONDS); tries++) {
      // Before the agent is there, the line may swallow the question.
      const reply = await agent.ask('a', `echo hello${tries}`, 1);
      if (reply.result === 'ok' && reply.value !== 'ready') {
        await sleep(100);
        agent.forget();
        return guest;
      }
      if (qemu.hasEnded) break;
    }
    const last = qemu.console().trim().split('\n').slice(-5).join('\n');
    await guest.close();
    throw new LabError(`the guest did not come up; the end of its console:\n${last}`);
  }

  /** One request, as it is, of a task. */
  ask(task: number | 'a', line: string, seconds = COMMAND_SECONDS): Promise<Reply> {
    return this.#agent.ask(task, line, seconds);
  }

  async look(task = 0): Promise<Sighting> {
    const sighting = await this.#observe(task);
    if (sighting === null) throw new LabError('the guest cannot be looked at: its agent is stuck');
    return sighting;
  }

  /** Keeps the state that `reset` comes back to. */
  async snapshot(): Promise<void> {
    await this.look();
    this.#keysAtSnapshot = copyOf(this.#keys);
    const said = await this.#qemu.human(`savevm ${SNAPSHOT}`);
    if (said !== '') throw new LabError(`the snapshot failed: ${said}`);
  }

  async reset(): Promise<void> {
    this.#agent.forget();
    const said = await this.#qemu.human(`loadvm ${SNAPSHOT}`);
    if (said !== '') throw new LabError(`the guest could not go back: ${said}`);
    this.#keys = copyOf(this.#keysAtSnapshot);
    this.#console = [];
    this.#written = this.#qemu.consoleBytes();
    const word = `back${this.#resets++}`;
    const reply = await this.#agent.ask('a', `echo ${word}`, COMMAND_SECONDS);
    if (reply.value !== word) throw new LabError('the guest does not answer after its reset');
  }

  async play(
    commands: readonly Instruction[],
    faults: readonly (FaultText | null)[] = [],
  ): Promise<readonly Outcome[]> {
    const planned = commands.map((command, index) => this.#plan(command, faults[index] ?? null));
    const asked = planned.map((requests) => ({
      replies: requests.map((request) => ({
        request,
        reply: this.#agent.ask(0, request.line, COMMAND_SECONDS),
      })),
      looked: this.#agent.ask(0, this.#observeLine, COMMAND_SECONDS),
    }));
    const outcomes: Outcome[] = [];
    for (const { replies, looked } of asked) {
      const outcome = await this.#outcomeOf(replies, looked);
      outcomes.push(outcome);
      if (outcome.result === 'stuck' || outcome.result === 'died') break;
    }
    return outcomes;
  }

  console(): readonly string[] {
    return this.#console;
  }

  /** Everything that the guest has written to its serial console since it was booted. */
  wholeConsole(): string {
    return this.#qemu.console();
  }

  async close(): Promise<void> {
    this.#agent.close();
    await this.#qemu.stop();
  }

  /** Requests of a command, between those that arm and disarm a fault. */
  #plan(command: Instruction, fault: FaultText | null): readonly Request[] {
    const requests = requestsOf(command, this.#options.rig);
    if (requests === null) throw new LabError(`no guest can do \`${command.text}\``);
    if (fault === null) return requests;
    const { arm, disarm, reason } = injectionOf(fault);
    if (reason !== undefined) throw new LabError(`no guest can be made to fail: ${reason}`);
    const own = (line: string): Request => ({ line, passes: null, isOwn: true });
    return [own(arm), ...requests, own(disarm)];
  }

  async #outcomeOf(
    asked: readonly { readonly request: Request; readonly reply: Promise<Reply> }[],
    looked: Promise<Reply>,
  ): Promise<Outcome> {
    let result = 'ok';
    let value: string | null = null;
    const messages: KernelMessage[] = [];
    for (const { request, reply } of asked) {
      const got = await reply;
      messages.push(...got.messages);
      if (request.isOwn === true) {
        const isDone = got.result === 'ok' || got.result === 'stuck';
        if (!isDone) throw new LabError(`${request.line} gave ${got.result}`);
      } else if (result === 'ok' && got.result !== request.passes) {
        result = got.result;
      }
      if (request.line.startsWith('read ') && got.result === 'ok') value = got.value;
    }
    if (result === 'died') return this.#lastWords(messages);
    const isStuck = result === 'stuck';
    const seen = isStuck ? await this.ask(OBSERVER, this.#observeLine) : await looked;
    messages.push(...seen.messages);
    this.#console.push(...messages.map(({ text }) => text));
    const after = this.#sighting(isStuck ? OBSERVER : 0, seen);
    return { result, value, messages: tellingMessages(messages), after };
  }

  /**
   * A process that was killed inside the kernel tells nothing more, and leaves locks behind, on
   * which whoever looks at the machine would wait; what the kernel said is on its console.
   */
  #lastWords(messages: readonly KernelMessage[]): Outcome {
    const told = messages.map(({ text }) => text);
    const known = new Set([...this.#console, ...told]);
    const written = consoleLines(this.#qemu.console(this.#written));
    this.#console.push(...told, ...written.filter((line) => !known.has(line)));
    return { result: 'died', value: null, messages: tellingMessages(messages), after: null };
  }

  async #observe(task: number): Promise<Sighting | null> {
    return this.#sighting(task, await this.#agent.ask(task, this.#observeLine, COMMAND_SECONDS));
  }

  #sighting(task: number, reply: Reply): Sighting | null {
    if (reply.result !== 'ok') return null;
    const keys = this.#keys.get(task) ?? new Map<string, string>();
    this.#keys.set(task, keys);
    for (const [key, value] of reply.changed) keys.set(key, value);
    for (const key of reply.gone) keys.delete(key);
    const { rig, model } = this.#options;
    return sightingOfKeys(keys, rig.spans, model.machine.blockSize);
  }
}
