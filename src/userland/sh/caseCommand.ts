/**
 * `case`: a known word takes its way at once; one that is known at run time is compared with the
 * patterns one after the other.
 */
import type { Case, CaseItem } from 'unbash';
import { globMatches } from '../glob.js';
import type { Operand } from '../program.js';
import { type Context, emit, type Flow, finish, report, withStatus } from './context.js';
import { compileList, deadContext } from './control.js';
import { type Environment, joinAll } from './environment.js';
import { clearReads } from './substitution.js';
import { expandSingle, type Field, fieldTokens, knownText, requireOperand } from './words.js';

/** Compiles `case`; see the head of this file. */
export function compileCase(
  context: Context,
  node: Case,
  env: Environment,
  flow: Flow,
): Environment | null {
  for (const { terminator, pos, end } of node.items) {
    if (terminator === ';&' || terminator === ';;&') {
      const suggestion = 'end it by ;;';
      report(context, 'DAX201', { pos, end }, `${terminator} is not sh`, { suggestion });
    }
  }
  const word = expandSingle(context, node.word, env);
  const text = word === null ? null : knownText(word);
  const after =
    word === null
      ? null
      : text !== null
        ? takeKnown(context, node, { text, env, flow })
        : testEach(context, node, { word, env, flow });
  return after === undefined ? readOnly(context, node, env, flow) : after;
}

/** Reads every arm for its faults of language. */
function readOnly(context: Context, node: Case, env: Environment, flow: Flow): Environment {
  for (const { body } of node.items) compileList(deadContext(context), body.commands, env, flow);
  return withStatus(env, 'runtime');
}

interface Known {
  readonly text: string;
  readonly env: Environment;
  readonly flow: Flow;
}

function takeKnown(
  context: Context,
  node: Case,
  { text, env, flow }: Known,
): Environment | null | undefined {
  let taken = false;
  let after: Environment | null = finish(context, node, env, 0);
  for (const { pattern, body } of node.items) {
    const fields = pattern.map((one) => expandSingle(context, one, env));
    if (fields.some((field) => field === null || hasRuntime(field))) return refuse(context, node);
    const matches = fields.some((field) => field !== null && globMatches(fieldTokens(field), text));
    const here = !taken && matches ? context : deadContext(context);
    const inside = compileList(here, body.commands, finishIn(here, node, env), flow);
    if (here === context) after = inside;
    taken ||= matches;
  }
  return after;
}

/** The status inside of an arm is 0 until a command says otherwise. */
const finishIn = (context: Context, node: Case, env: Environment): Environment =>
  context.dead ? { ...env, status: 0 } : finish(context, node, env, 0);

const hasRuntime = ({ pieces }: Field): boolean => pieces.some(({ kind }) => kind !== 'text');

function refuse(context: Context, node: Case): undefined {
  const suggestion = 'write the patterns as texts';
  report(context, 'DAX212', node, 'a pattern is known at run time only', { suggestion });
  return undefined;
}

interface Tested {
  readonly word: Field;
  readonly env: Environment;
  readonly flow: Flow;
}

function testEach(
  context: Context,
  node: Case,
  { word, env, flow }: Tested,
): Environment | null | undefined {
  const left = requireOperand(context, word);
  if (left === null) return undefined;
  const done = context.builder.label();
  const ways: Environment[] = [];
  let isOpen = true;
  for (const item of node.items) {
    const here = isOpen ? context : deadContext(context);
    const values = valuesOf(here, item, env);
    if (values === undefined) return undefined;
    const next = here.builder.label();
    if (values !== 'all') emitTests(here, node, { left, values, next });
    const after = compileList(here, item.body.commands, finishIn(here, node, env), flow);
    if (isOpen && after !== null) {
      ways.push(after);
      emit(here, node, { op: 'jump', to: done });
    }
    here.builder.mark(next);
    if (values === 'all') isOpen = false;
  }
  if (isOpen) ways.push(finish(context, node, env, 0));
  context.builder.mark(done);
  const joined = joinAll(ways);
  if (joined !== null) clearReads(context, node);
  return joined;
}

interface Tests {
  readonly left: Operand;
  readonly values: readonly string[];
  readonly next: number;
}

function emitTests(context: Context, node: Case, { left, values, next }: Tests): void {
  const inside = context.builder.label();
  for (const text of values) {
    emit(context, node, { op: 'equal', left, right: { kind: 'constant', text } });
    emit(context, node, { op: 'jump-if-ok', to: inside });
  }
  emit(context, node, { op: 'jump', to: next });
  context.builder.mark(inside);
}

/** All that files of the model say and that begins so. */
const STATES = [
  ...['offline', 'online', 'online_kernel', 'online_movable', 'going-offline', 'unplugged'],
];

/** The texts that an arm takes; undefined where they cannot be told (reported). */
function valuesOf(
  context: Context,
  { pattern, pos, end }: CaseItem,
  env: Environment,
): readonly string[] | 'all' | undefined {
  const values: string[] = [];
  for (const one of pattern) {
    const field = expandSingle(context, one, env);
    const text = field === null || hasRuntime(field) ? null : knownText(field);
    if (field === null || text === null) return undefined;
    const tokens = fieldTokens(field);
    if (tokens.every(({ kind }) => kind === 'character')) values.push(text);
    else if (/^\*+$/.test(text)) return 'all';
    else if (/^[ogu]/.test(text))
      values.push(...STATES.filter((state) => globMatches(tokens, state)));
    else {
      const suggestion = 'write the texts out, joined by |';
      const message = 'a pattern over a value known at run time only';
      report(context, 'DAX212', { pos, end }, message, { suggestion });
      return undefined;
    }
  }
  return values;
}
