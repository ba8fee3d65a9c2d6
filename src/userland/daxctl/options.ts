/**
 * The command line of daxctl: options in the forms that its parser takes, and the one argument.
 *
 * Source: pmem/ndctl daxctl/device.c, the option tables, and util/parse-options.c, v81.
 */
import { parseSize } from '../../model/quantity.js';
import type { ToolOptions } from './tool.js';

type Value = 'none' | 'text';

/** Option letters and names, and whether a value follows. */
const OPTIONS: readonly (readonly [letter: string, name: string, value: Value])[] = [
  ['m', 'mode', 'text'],
  ['s', 'size', 'text'],
  ['a', 'align', 'text'],
  ['r', 'region', 'text'],
  ['N', 'no-online', 'none'],
  ['f', 'force', 'none'],
  ['u', 'human', 'none'],
  ['v', 'verbose', 'none'],
  ['', 'no-movable', 'none'],
];

export interface CommandLine {
  readonly options: ReadonlyMap<string, string>;
  readonly words: readonly string[];
}

/** Splits the arguments; null where one is no option that is known. */
export function parseArguments(texts: readonly string[]): CommandLine | null {
  const options = new Map<string, string>();
  const words: string[] = [];
  for (let index = 0; index < texts.length; index++) {
    const text = texts[index] ?? '';
    if (!text.startsWith('-') || text === '-') {
      words.push(text);
      continue;
    }
    const long = /^--([a-z-]+)(?:=(.*))?$/s.exec(text);
    const short = /^-([A-Za-z])(.*)$/s.exec(text);
    const found = OPTIONS.find(([letter, name]) =>
      long === null ? letter !== '' && letter === short?.[1] : name === long[1],
    );
    if (found === undefined) return null;
    const [, name, kind] = found;
    const attached = long === null ? short?.[2] || undefined : long[2];
    if (kind === 'none') {
      options.set(name, '');
      // Letters without a value may stand together: -Nf.
      if (long === null && attached !== undefined) texts = splice(texts, index, `-${attached}`);
      continue;
    }
    const value = attached ?? texts[++index];
    if (value === undefined) return null;
    options.set(name, value);
  }
  return { options, words };
}

function splice(texts: readonly string[], index: number, text: string): readonly string[] {
  return [...texts.slice(0, index + 1), text, ...texts.slice(index + 1)];
}

/** Bytes of `--size` and `--align`: a number, or one with a binary unit; null when it is none. */
function bytesOf(text: string | undefined): bigint | null {
  if (text === undefined) return null;
  return /^0x[\da-f]+$/i.test(text) ? BigInt(text) : parseSize(text);
}

/** What the options ask for; null when a value is none that the tool takes. */
export function readOptions({ options }: CommandLine): ToolOptions | null {
  const mode = options.get('mode') ?? null;
  if (mode !== null && mode !== 'system-ram' && mode !== 'devdax') return null;
  const size = bytesOf(options.get('size'));
  const align = bytesOf(options.get('align'));
  if ((options.has('size') && size === null) || (options.has('align') && align === null))
    return null;
  return {
    mode,
    online: !options.has('no-online'),
    movable: !options.has('no-movable'),
    force: options.has('force'),
    size,
    align,
  };
}
