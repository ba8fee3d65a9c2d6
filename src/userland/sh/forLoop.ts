/**
 * `for`: unrolled over its words.
 *
 * A pattern gives every object of the universe that it matches, in the order of sh, each behind a
 * test that it exists. The shell lists the directory once, before the first round; here an object
 * is looked for when its round comes, so one that appears meanwhile is taken and one that goes is
 * skipped.
 */
import type { For, Word } from 'unbash';
import { type GlobToken, globMatches } from '../glob.js';
import type { SysfsFile } from '../program.js';
import { PATH_FORMS } from '../sysfsForms.js';
import { resolveSysfs } from '../sysfsPath.js';
import { blocksOf, type Universe } from '../universe.js';
import { type Context, emit, type Flow, finish, report, type Span, withStatus } from './context.js';
import { branch, compileList, deadContext } from './control.js';
import { type Environment, joinAll, withVariable } from './environment.js';
import { expandFields, type Field, fieldTokens, requireText } from './words.js';

/** One round: the word, and the file that must exist for it (of a pattern). */
interface Item {
  readonly text: string;
  readonly guard: SysfsFile | null;
  readonly at: Span;
}

/** Compiles one copy of the body for each word. */
export function compileFor(
  context: Context,
  node: For,
  start: Environment,
  flow: Flow,
): Environment | null {
  const items = loopItems(context, node, start);
  if (items === null || items.length === 0) {
    compileList(deadContext(context), node.body.commands, start, { ...flow, loops: [] });
    return items === null ? withStatus(start, 'runtime') : finish(context, node, start, 0);
  }
  const breakLabel = context.builder.label();
  const breaks: Environment[] = [];
  let env: Environment | null = finish(context, node, start, 0);
  for (const item of items) {
    if (env === null) break;
    env = compileItem(context, node, env, { item, flow, breakLabel, breaks });
  }
  context.builder.mark(breakLabel);
  return joinAll(env === null ? breaks : [env, ...breaks]);
}

interface Round {
  readonly item: Item;
  readonly flow: Flow;
  readonly breakLabel: number;
  readonly breaks: Environment[];
}

function compileItem(
  context: Context,
  node: For,
  start: Environment,
  { item, flow, breakLabel, breaks }: Round,
): Environment | null {
  const name = node.name.value;
  const next = context.builder.label();
  const skipped = context.builder.label();
  if (item.guard !== null) {
    const text = `[ -e ${item.text} ]`;
    emit(context, item.at, { op: 'exists', file: item.guard }, text);
    emit(context, item.at, { op: 'jump-if-failed', to: skipped }, text);
  }
  const value = { kind: 'constant', text: item.text } as const;
  const shown = `${name}=${item.text}`;
  emit(context, item.at, { op: 'assign', variable: name, value }, shown);
  const entered = withVariable(start, name, { kind: 'text', text: item.text });
  const frame = { breakLabel, continueLabel: next, breaks, continues: [] as Environment[] };
  const inner = { ...flow, loops: [...flow.loops, frame] };
  const after = compileList(context, node.body.commands, entered, inner);
  const ways = after === null ? frame.continues : [after, ...frame.continues];
  if (item.guard === null) {
    context.builder.mark(next);
    return joinAll(ways);
  }
  context.builder.mark(next);
  const done = context.builder.label();
  emit(context, item.at, { op: 'jump', to: done });
  context.builder.mark(skipped);
  // The test of existence has overwritten the status of the round before.
  const known = start.status === 0 || start.status === 1;
  const passed = known
    ? finish(context, item.at, start, start.status === 0 ? 0 : 1)
    : withStatus(start, 'lost');
  context.builder.mark(done);
  return joinAll([...ways, passed]);
}

/** The words of the loop in order; null when one is at fault (reported). */
function loopItems(context: Context, node: For, env: Environment): Item[] | null {
  if (node.wordlist === undefined) {
    const suggestion = 'write `for x in words`';
    report(context, 'DAX201', node, 'for without in: scripts have no arguments', { suggestion });
    return null;
  }
  const items = node.wordlist.map((word) => wordItems(context, word, env));
  return items.every((list) => list !== null) ? items.flat() : null;
}

/** The two ways in which scripts ask for the names of all devices. */
const DEVICE_LIST = new RegExp(
  [
    String.raw`^\$\(\s*daxctl\s+list(?:\s+-[A-Za-z]+)*\s*\|`,
    String.raw`\s*jq\s+-r\s+(['"])\.\[\]\s*(?:\|\s*)?\.chardev\1\s*\)$`,
    String.raw`|^\$\(\s*ls\s+/sys/bus/dax/devices/?\s*\)$`,
  ].join(''),
);

function wordItems(context: Context, word: Word, env: Environment): Item[] | null {
  if (DEVICE_LIST.test(word.text)) {
    return context.universe.devices.map(({ name }) => ({
      ...{ text: name, guard: { kind: 'device-directory', device: name }, at: word },
    }));
  }
  const fields = expandFields(context, [word], env);
  if (fields === null) return null;
  const items = fields.map((field) => fieldItems(context, field, env));
  return items.every((list) => list !== null) ? items.flat() : null;
}

function fieldItems(context: Context, field: Field, env: Environment): Item[] | null {
  const text = requireText(context, field, 'a word of the loop');
  if (text === null) return null;
  const tokens = fieldTokens(field);
  if (tokens.every(({ kind }) => kind === 'character')) {
    return [{ text, guard: null, at: field.at }];
  }
  const relative = !text.startsWith('/');
  const prefix = relative ? `${env.directory ?? ''}/` : '';
  const matches = expandPattern(context.universe, prefix, tokens);
  if (matches.length === 0) {
    const suggestion = 'patterns work on devices, memory blocks and their files, by full path';
    report(context, 'DAX211', field.at, `nothing that can ever exist matches ${text}`, {
      suggestion,
    });
    return null;
  }
  return matches.map(({ path, file }) => ({
    text: path.slice(prefix.length),
    guard: file,
    at: field.at,
  }));
}

/** Every path of the universe that the pattern matches, segment by segment, in the order of sh. */
function expandPattern(
  universe: Universe,
  prefix: string,
  tokens: readonly GlobToken[],
): { path: string; file: SysfsFile }[] {
  const literal = [...prefix].map((text) => ({ kind: 'character', text }) as const);
  const patterns = splitAtSlash([...literal, ...tokens]);
  const found: { path: string; file: SysfsFile }[] = [];
  for (const { segments } of PATH_FORMS) {
    if (segments.length !== patterns.length) continue;
    let paths = [''];
    for (const [index, segment] of segments.entries()) {
      const names = namesOf(segment, universe).filter((name) =>
        globMatches(patterns[index] ?? [], name),
      );
      paths = paths.flatMap((path) => names.map((name) => `${path}/${name}`));
      if (paths.length === 0) break;
    }
    for (const path of paths) {
      const resolution = resolveSysfs(path, universe);
      if (resolution.kind === 'file') found.push({ path, file: resolution.file });
    }
  }
  return found.sort((left, right) => (left.path < right.path ? -1 : 1));
}

function splitAtSlash(tokens: readonly GlobToken[]): GlobToken[][] {
  const parts: GlobToken[][] = [[]];
  for (const token of tokens) {
    if (token.kind === 'character' && token.text === '/') parts.push([]);
    else parts[parts.length - 1]?.push(token);
  }
  // Empty parts come from the leading and from doubled slashes.
  return parts.filter((part) => part.length > 0);
}

function namesOf(segment: string, universe: Universe): readonly string[] {
  if (segment === '{device}') return universe.devices.map(({ name }) => name);
  if (segment === '{region}') return universe.regions.map(({ name }) => name);
  if (segment === '{block}') return blocksOf(universe).map((block) => `memory${block}`);
  if (segment === '{driver}') return ['device_dax', 'fsdev_dax', 'kmem'];
  return segment.startsWith('{') ? [] : segment.split('|');
}

/** Compiles `break` or `continue` of the innermost loop. */
export function compileLeave(
  context: Context,
  at: Span,
  env: Environment,
  options: { readonly flow: Flow; readonly kind: 'break' | 'continue' },
): Environment | null {
  const frame = options.flow.loops[options.flow.loops.length - 1];
  if (frame === undefined) {
    if (!context.dead) {
      const suggestion = 'it belongs into a for, while or until';
      report(context, 'DAX201', at, `${options.kind} outside of a loop`, { suggestion });
    }
    return env;
  }
  const after = finish(context, at, env, 0);
  branch(context, at, after);
  const leaving = options.kind === 'break';
  (leaving ? frame.breaks : frame.continues).push(after);
  emit(context, at, { op: 'jump', to: leaving ? frame.breakLabel : frame.continueLabel });
  return null;
}
