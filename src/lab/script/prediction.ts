/**
 * What a script compares: the facts of a machine, one a line, as the script itself writes them; and
 * what is predicted of calls that are made together.
 */
import { errnoOf } from '../../kernel/faults.js';
import type { Range } from '../../model/model.js';
import { formatAddress } from '../../report/layout.js';
import type { Finding, MachineView, StepEvent, TraceStep } from '../../verdict/trace.js';
import { sightingOf } from '../outcome.js';
import type { Behaviour, Call, Group } from './calls.js';

const spanText = ({ start, end }: Range): string => `${start.toString(16)}-${end.toString(16)}`;

/** Writes every fact of a machine that a real one shows too; order means nothing. */
export function factsOf(machine: MachineView, spans: readonly Range[]): readonly string[] {
  const { iomem, devices, blocks, drivers, autoOnlineBlocks } = sightingOf(machine, spans);
  return [
    ...iomem.map(({ start, end, name, depth }) => {
      const place = `${formatAddress(start)}-${formatAddress(end)}`;
      return `iomem: ${'  '.repeat(depth)}${place} : ${name}`;
    }),
    ...devices.flatMap(({ name, driver, size, ranges }) => [
      `driver of ${name}: ${driver ?? 'none'}`,
      `size of ${name}: ${size}`,
      `ranges of ${name}: ${ranges.map(spanText).join(', ') || 'none'}`,
    ]),
    ...blocks.flatMap(({ index, state, zones }) => [
      `memory${index}: ${state}`,
      `zones of memory${index}: ${zones}`,
    ]),
    ...drivers.map((name) => `driver ${name}: registered`),
    `auto_online_blocks: ${autoOnlineBlocks}`,
  ];
}

function changesOf(before: readonly string[], after: readonly string[]): readonly string[] {
  return [
    ...before.filter((fact) => !after.includes(fact)).map((fact) => `- ${fact}`),
    ...after.filter((fact) => !before.includes(fact)).map((fact) => `+ ${fact}`),
  ];
}

/** A fault of the environment that a script can bring about. */
export interface Injection {
  readonly point: 'MEM_GOING_ONLINE' | 'MEM_GOING_OFFLINE';
  readonly errno: number;
}

export interface Prediction {
  /** Of each call with a deed, in order: 'ok', an errno name, 'hangs', or 'any'. */
  readonly results: readonly { readonly thread: string; readonly result: string }[];
  /** Lines for the script's own comparison. */
  readonly lines: readonly string[];
  readonly injections: readonly Injection[];
  /** Why a script cannot do this; null when it can. */
  readonly obstacle: string | null;
}

/** The machine that is looked at, and which property the trace breaks. */
export interface Subject {
  readonly behaviour: Behaviour;
  readonly spans: readonly Range[];
  readonly finding: Finding;
}

const eventsOf = (steps: readonly TraceStep[]): readonly StepEvent[] =>
  steps.flatMap(({ events }) => events);

/** What the notifiers' error injection has a file for, at v6.1 and v6.12. */
const INJECTED = /^(MEM_GOING_ONLINE|MEM_GOING_OFFLINE) fails with -?(\w+)$/;

function injectionOf(fault: string, events: readonly StepEvent[]): Injection | string {
  const [, point, name] = INJECTED.exec(fault) ?? [];
  if (point !== 'MEM_GOING_ONLINE' && point !== 'MEM_GOING_OFFLINE') {
    return `no file of a stock kernel makes this happen: ${fault}`;
  }
  // The file refuses every block until it is written again, so none may have passed in this step.
  const passed = point === 'MEM_GOING_ONLINE' ? /^online .*\(memory\)$/ : /^offline .*\(memory\)$/;
  const isSingle = !events.some((event) => event.kind === 'uevent' && passed.test(event.text));
  return isSingle
    ? { point, errno: errnoOf(name ?? '') ?? 0 }
    : `an injected error meets every block of this step, and in the trace one only: ${fault}`;
}

/** What a call comes to, in the words of the script. */
function resultOf(call: Call, finding: Finding, isCrash: boolean): string {
  if (isCrash) return 'any';
  if (call.result === null) {
    const isStuck = finding.deadlock?.threads.some(({ thread }) => thread === call.thread) ?? false;
    return isStuck ? 'hangs' : 'any';
  }
  return call.value === null ? call.result : `${call.result} "${call.value}"`;
}

const isReport = (text: string): boolean => text.startsWith('BUG: ');

/** The thread's name as files of the script can have it. */
export const fileName = (thread: string): string => thread.replace(/[^\w.-]/g, '-');

/** Predicts what a group of calls comes to. */
export function predict(group: Group, isLast: boolean, subject: Subject): Prediction {
  const { behaviour, spans, finding } = subject;
  const { steps, initial } = behaviour;
  const events = eventsOf(steps.slice(group.first, group.last + 1));
  const messages = events.flatMap((event) => (event.kind === 'message' ? [event.text] : []));
  const isCrash = messages.some(isReport) || (isLast && finding.property === 'no-crash');
  const made = group.calls.filter(({ deed }) => deed !== null);
  const results = made.map((call) => ({
    thread: fileName(call.thread),
    result: resultOf(call, finding, isCrash),
  }));
  const isOpen = isCrash || results.some(({ result }) => result === 'any' || result === 'hangs');
  const before = factsOf(steps[group.first - 1]?.after ?? initial, spans);
  const after = factsOf(steps[group.last]?.after ?? initial, spans);
  const changes = changesOf(before, after);
  const isUnreadable = changes.some((change) => change.includes('<freed name'));
  const faults = events.flatMap((event) =>
    event.kind === 'fault' ? [injectionOf(event.text, events)] : [],
  );
  const cannot = made.flatMap(({ deed }) => (deed?.kind === 'cannot' ? [deed.why] : []));
  return {
    results,
    lines: [
      ...results.map(({ thread, result }) => `${thread}: ${result}`),
      ...(isOpen || isUnreadable ? ['state: any'] : changes),
      ...messages.filter((text) => !isReport(text)).map((text) => `dmesg: ${text}`),
      ...(isCrash ? ['crash: any'] : []),
    ],
    injections: faults.filter((fault) => typeof fault !== 'string'),
    obstacle: [...cannot, ...faults.filter((fault) => typeof fault === 'string')][0] ?? null,
  };
}
