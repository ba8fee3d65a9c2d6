/**
 * A trace that was played on a real kernel, as text: what each command did, and where the kernel
 * and the model part.
 */
import type { Range } from '../model/model.js';
import { formatIomemLine } from '../report/iomemDiff.js';
import { labelled, onOneLine, PAGE_WIDTH, plural } from '../report/layout.js';
import type { Style } from '../report/style.js';
import { factLines, type KernelFacts } from './facts.js';
import { isAlarm } from './noise.js';
import type { Difference, Sighting } from './outcome.js';
import type { PlayedCommand } from './playTrace.js';

/** A trace that was played, with the kernel that it was played on. */
export interface PlayedReport {
  readonly kind: 'lab-replay';
  readonly reproduced: boolean;
  /** What the trace violates. */
  readonly property: string;
  /** Release of the real kernel. */
  readonly kernel: string;
  /** The kernel that the trace is of. */
  readonly predictedFor: string;
  readonly facts: KernelFacts;
  readonly commands: readonly PlayedCommand[];
  /** What the kernel wrote. */
  readonly console: readonly string[];
}

/** Lines of the console that stand at a command of which the process died. */
const LAST_WORDS = 4;

const DETAIL = { indent: 4, labelWidth: 9, width: PAGE_WIDTH };

const rangeText = ({ start, end }: Range): string => `${start.toString(16)}-${end.toString(16)}`;

/** What the machine shows that it did not show before, in one line each. */
function changes(before: Sighting | null, after: Sighting | null): string[] {
  if (before === null || after === null) return [];
  const lines = (sighting: Sighting): string[] => [
    ...sighting.devices.map(({ name, driver }) => `${name} on ${driver ?? 'no driver'}`),
    ...sighting.devices.map(
      ({ name, ranges }) => `${name} at ${ranges.map(rangeText).join(' + ')}`,
    ),
    ...sighting.blocks.map(({ index, state, zones }) => `memory${index} ${state} (${zones})`),
    ...sighting.iomem.map(formatIomemLine),
  ];
  const old = new Set(lines(before));
  const now = new Set(lines(after));
  return [
    ...[...old].filter((line) => !now.has(line)).map((line) => `- ${line}`),
    ...[...now].filter((line) => !old.has(line)).map((line) => `+ ${line}`),
  ];
}

function differenceLines({ what, predicted, real }: Difference): string[] {
  const isShort = !predicted.includes('\n') && !real.includes('\n');
  if (isShort) return [`${what}: the kernel ${real}, the model ${predicted}`];
  const side = (name: string, text: string): string[] => [
    `  ${name}`,
    ...text.split('\n').map((line) => `    ${line}`),
  ];
  return [`${what}:`, ...side('the kernel', real), ...side('the model', predicted)];
}

/** What the model said, where the kernel agrees with it. */
const agreement = ({ misuses }: PlayedCommand): string =>
  misuses ? 'predicted that memory is misused here (no-crash)' : 'predicted this';

/** One line of the differences; a line of a listing keeps its indentation, and is not broken. */
function differing(line: string, index: number): string[] {
  if (line.startsWith(' ')) return [`${' '.repeat(DETAIL.indent + DETAIL.labelWidth)}${line}`];
  return labelled(index === 0 ? 'DIFFERS' : '', line, DETAIL);
}

/** What the kernel said of a death: which it was, and where. */
const lastWords = (console: readonly string[]): readonly string[] =>
  console.filter((line) => isAlarm(line) || line.startsWith('RIP: ')).slice(0, LAST_WORDS);

interface Around {
  readonly before: Sighting | null;
  readonly console: readonly string[];
  readonly style: Style;
}

function commandLines(command: PlayedCommand, { before, console, style }: Around): string[] {
  const { thread, instruction, real, differences } = command;
  const prompt = style.actor(`${thread}$ `) + onOneLine(instruction.text);
  if (real === null) return [prompt, ...labelled('returns', 'not played', DETAIL), ''];
  const value = real.value === null ? '' : `: ${JSON.stringify(real.value)}`;
  const agrees = differences.length === 0;
  const paint = agrees ? style.good : style.bad;
  return [
    prompt,
    ...labelled('returns', `${real.result}${value}`, DETAIL).map(paint),
    ...real.messages.flatMap((text) => labelled('dmesg', text, DETAIL)).map(style.warning),
    ...(real.result === 'died' ? lastWords(console) : [])
      .flatMap((text, index) => labelled(index === 0 ? 'console' : '', text, DETAIL))
      .map(style.warning),
    ...changes(before, real.after).flatMap((line) => labelled('', line, DETAIL)),
    ...(agrees ? labelled('model', agreement(command), DETAIL).map(style.faint) : []),
    ...differences.flatMap(differenceLines).flatMap(differing).map(style.bad),
    '',
  ];
}

/** Of a trace that misuses memory, where nothing came of it. */
function silenceLines({ property, console, commands }: PlayedReport): string[] {
  const isSilent = !commands.some(({ real }) => real?.result === 'died') && !console.some(isAlarm);
  if (property !== 'no-crash' || !isSilent) return [];
  return ['The kernel gave no alarm: what comes of misused memory depends on what lies there.'];
}

/** Renders a played trace; the last line says whether it was reproduced. */
export function renderPlayed(report: PlayedReport, initial: Sighting, style: Style): string {
  let before: Sighting | null = initial;
  const lines: string[] = [...factLines(report.facts), ''];
  for (const command of report.commands) {
    lines.push(...commandLines(command, { before, console: report.console, style }));
    before = command.real?.after ?? null;
  }
  const kernels = `the model of ${report.predictedFor} on the real ${report.kernel}`;
  const first = report.commands.findIndex(
    ({ real, differences }) => real === null || differences.length > 0,
  );
  lines.push(
    report.reproduced
      ? style.good(`Reproduced: ${kernels}, ${plural(report.commands.length, 'command')}.`)
      : style.bad(`NOT REPRODUCED: ${kernels}; the first difference is at command ${first + 1}.`),
    ...silenceLines(report),
  );
  return lines.map((line) => `${line}\n`).join('');
}
