/**
 * Kernel messages that a trace is not compared by: what memory hotplug says of success, and what
 * the lab itself provokes.
 */
import type { KernelMessage } from './guest/agent.js';

/** docs/lab.md names each with its function. */
const NOISE: readonly RegExp[] = [
  /^Fallback order for Node \d+:/,
  /^Built \d+ zonelists/,
  /^Policy zone:/,
  /^Demotion targets for Node \d+:/,
  /^memory memory\d+: /,
  /^clocksource: |^tsc: |^sched_clock: |^hrtimer: /,
  /^Offlined Pages|^Offlining/,
  /^random: /,
  // dump_page() of mm/debug.c: a page that keeps a block online is shown.
  /^page: ?\S|^head:|^raw: |^flags: 0x|^page_type: |^page dumped because: unmovable page/,
  /^Injecting error \(-\d+\) to MEM_/,
];

/** Texts of the messages that a trace is compared by. */
export function tellingMessages(messages: readonly KernelMessage[]): readonly string[] {
  return messages.map(({ text }) => text).filter((text) => !NOISE.some((one) => one.test(text)));
}

const ALARMS: readonly RegExp[] = [
  /\bBUG: /,
  /^WARNING: /,
  /\bOops\b/,
  /general protection fault/,
  /Kernel panic/,
  /\bKASAN\b/,
  /refcount_t: /,
  /INFO: task .* blocked/,
  /list_(?:add|del) corruption/,
  /kernel BUG at /,
  /\bUBSAN: /,
  /detected stall/,
  /possible (?:circular|recursive) locking/,
];

/** Whether the kernel says of itself that something is broken. */
export const isAlarm = (text: string): boolean => ALARMS.some((one) => one.test(text));

const TIMESTAMP = /^\[ *\d+\.\d+\](?:\[[^\]]*\])? /;

/** Lines of a console, without their times. */
export const consoleLines = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.replace('\r', '').replace(TIMESTAMP, ''))
    .filter((line) => line !== '');
