/**
 * Command lines with their output, as the documents print them: found, run again, and compared.
 *
 * A fenced block `console` holds lines `$ COMMAND`, each followed by what it printed. Commands are
 * `npx daxcheck …` (the built command), `cat FILE` and `echo $?`. A line that is only `…` stands
 * for any number of lines. Measured times and sizes are not compared.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A command and what stands below it. */
export interface Exchange {
  readonly command: string;
  readonly output: readonly string[];
}

/** One fenced block of a document. */
export interface Transcript {
  /** Line of the opening fence, from 1. */
  readonly line: number;
  readonly exchanges: readonly Exchange[];
}

/** What a command printed, and the status it ended with. */
export interface Answer {
  readonly output: readonly string[];
  readonly status: number;
}

const OPENING = '```console';
const CLOSING = '```';
const PROMPT = '$ ';
const ELISION = '…';

/** Finds every block `console` of a markdown text. */
export function transcriptsOf(text: string): Transcript[] {
  const found: Transcript[] = [];
  let block: { line: number; lines: string[] } | null = null;
  for (const [index, line] of text.split('\n').entries()) {
    if (block === null) {
      if (line === OPENING) block = { line: index + 1, lines: [] };
    } else if (line === CLOSING) {
      found.push({ line: block.line, exchanges: exchangesOf(block.lines) });
      block = null;
    } else block.lines.push(line);
  }
  return found;
}

function exchangesOf(lines: readonly string[]): Exchange[] {
  const exchanges: { command: string; output: string[] }[] = [];
  for (const line of lines) {
    const last = exchanges.at(-1);
    if (line.startsWith(PROMPT)) exchanges.push({ command: line.slice(2), output: [] });
    else if (last !== undefined) last.output.push(line);
    else throw new Error(`a block that does not begin with a command: ${line}`);
  }
  return exchanges;
}

/** Hides what differs from run to run. */
export function masked(line: string): string {
  if (line.startsWith('Measured: ')) return 'Measured: (not compared)';
  // Debian's newest point release of a series changes with its security updates.
  return line.trimEnd().replace(/\b6\.12\.\d+\+deb\d+-amd64/g, '6.12.N');
}

/** Tells whether an output is the printed one, elisions and measured lines apart. */
export function isAsPrinted(printed: readonly string[], output: readonly string[]): boolean {
  const wanted = printed.map(masked);
  const found = output.map(masked);
  const parts: string[][] = [[]];
  for (const line of wanted) {
    if (line.trim() === ELISION) parts.push([]);
    else parts.at(-1)?.push(line);
  }
  const [first = [], ...rest] = parts;
  if (!isAt(found, first, 0)) return false;
  let from = first.length;
  for (const [index, part] of rest.entries()) {
    const isLast = index === rest.length - 1;
    const at = isLast ? Math.max(from, found.length - part.length) : indexOf(found, part, from);
    if (at < 0 || !isAt(found, part, at)) return false;
    from = at + part.length;
  }
  return from === found.length;
}

function indexOf(lines: readonly string[], part: readonly string[], from: number): number {
  for (let at = from; at + part.length <= lines.length; at++) if (isAt(lines, part, at)) return at;
  return -1;
}

function isAt(lines: readonly string[], part: readonly string[], at: number): boolean {
  return part.every((line, index) => lines[at + index] === line);
}

/** Makes a function that runs the commands of one block in a folder, in order. */
export function makeShell(cli: string, folder: string): (command: string) => Answer {
  let last = 0;
  return (command) => {
    const answer = runOne(command, { cli, folder, last });
    last = answer.status;
    return answer;
  };
}

function runOne(
  command: string,
  { cli, folder, last }: { readonly cli: string; readonly folder: string; readonly last: number },
): Answer {
  const [program, ...words] = command.split(/\s+/);
  const [word = ''] = words;
  if (command === 'echo $?') return { output: [String(last)], status: 0 };
  if (program === 'cat') {
    return { output: linesOf(readFileSync(join(folder, word), 'utf8')), status: 0 };
  }
  if (program !== 'npx' || word !== 'daxcheck') {
    throw new Error(`the documents show no such command: ${command}`);
  }
  const env = { ...process.env, NO_COLOR: '1' };
  const options = { cwd: folder, encoding: 'utf8', env } as const;
  const done = spawnSync(process.execPath, [cli, ...words.slice(1)], options);
  return { output: linesOf(done.stderr + done.stdout), status: done.status ?? 255 };
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

/**
 * Takes of a new output what stands between the first and the last line of each part that is
 * printed between elisions; null when such a line is not there any more.
 */
export function elided(printed: readonly string[], output: readonly string[]): string[] | null {
  const lines: string[] = [];
  let part: string[] = [];
  let from = 0;
  for (const line of [...printed, ELISION]) {
    if (line.trim() !== ELISION) {
      part.push(line);
      continue;
    }
    const [first] = part;
    if (first !== undefined) {
      const start = output.indexOf(first, from);
      const end = part.length === 1 ? start : output.indexOf(part.at(-1) ?? '', start + 1);
      if (start < 0 || end < 0) return null;
      lines.push(...output.slice(start, end + 1));
      from = end + 1;
    }
    lines.push(line);
    part = [];
  }
  return lines.slice(0, -1);
}

/** Writes a block's new answers into a text; elisions stay where they are. */
export function withAnswers(
  text: string,
  transcript: Transcript,
  answers: readonly Answer[],
): string {
  const lines = text.split('\n');
  const printed = transcript.exchanges.flatMap(({ command, output }, index) => {
    const isElided = output.some((line) => line.trim() === ELISION);
    const fresh = answers[index]?.output.map((line) => line.trimEnd()) ?? [];
    return [`${PROMPT}${command}`, ...(isElided ? (elided(output, fresh) ?? output) : fresh)];
  });
  const count = transcript.exchanges.reduce((sum, { output }) => sum + output.length + 1, 0);
  lines.splice(transcript.line, count, ...printed);
  return lines.join('\n');
}
