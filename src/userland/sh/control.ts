/**
 * Lists, pipelines, conditions and branches.
 *
 * Every function compiles one piece for one environment and returns what is known where control
 * leaves its end; null when it never does. A branch whose condition is known is not emitted; it is
 * still read, so that an unsupported construct in it is reported.
 */
import type { AndOr, CommandNode, Elif, If, Pipeline, PipelineNode, Statement } from 'unbash';
import { newBuilder } from '../builder.js';
import { compileBrackets } from './brackets.js';
import { compileCase } from './caseCommand.js';
import { compileSimple } from './command.js';
import { type Context, emit, type Flow, finish, report, type Span, withStatus } from './context.js';
import { type Environment, joinAll, joinStatus } from './environment.js';
import { applyExitOnError } from './errexit.js';
import { compileFor } from './forLoop.js';
import { compileFunction } from './functions.js';
import { compileOrHavoc } from './havoc.js';
import { compileTee } from './output.js';
import { compileQuiet } from './quiet.js';
import { readRedirects } from './redirects.js';
import { compileWhile } from './whileLoop.js';

/** Compiles statements one after the other. */
export function compileList(
  context: Context,
  statements: readonly Statement[],
  start: Environment,
  flow: Flow,
): Environment | null {
  let env: Environment = start;
  let live = context;
  for (const statement of statements) {
    if (statement.background) {
      const suggestion = 'write a second actor; or give it as a second --script';
      report(live, 'DAX201', statement, 'a command in the background is not supported', {
        suggestion,
      });
    }
    const after = compileNode(live, statement.command, env, flow);
    if (after === null) live = deadContext(live);
    else env = after;
  }
  return live.dead && !context.dead ? null : env;
}

/** Compiles one command, pipeline or list of `&&` and `||`. */
export function compileNode(
  context: Context,
  node: PipelineNode | AndOr,
  env: Environment,
  flow: Flow,
): Environment | null {
  if (context.budget.left <= 0) {
    const suggestion = 'unroll less: fewer loop words, a smaller counter';
    report(context, 'DAX214', node, 'the script unrolls to too many commands', { suggestion });
    return null;
  }
  context.budget.left--;
  return compileOrHavoc(context, node, { env, flow }, (here, inside) => {
    switch (node.type) {
      case 'AndOr':
        return compileAndOr(here, node, env, inside);
      case 'Pipeline': {
        const quiet = compileQuiet(here, node, env);
        if (quiet !== undefined) return applyExitOnError(here, node, quiet, inside);
        return compilePipeline(here, node, env, inside);
      }
      default:
        return compileCommand(here, node, env, inside);
    }
  });
}

/** What is known on the two ways out of a condition; null for a way that is never taken. */
export interface Branches {
  readonly ifOk: Environment | null;
  readonly ifFailed: Environment | null;
}

/** Splits by the status just left behind. A lost status is a fault. */
export function branch(context: Context, at: Span, env: Environment): Branches {
  if (env.status === 0) return { ifOk: env, ifFailed: null };
  if (env.status === 1) return { ifOk: null, ifFailed: env };
  if (env.status === 'lost') {
    const suggestion = 'test a command of its own';
    report(context, 'DAX201', at, 'the exit status of what stands before this is not modelled', {
      suggestion,
    });
  }
  return { ifOk: withStatus(env, 0), ifFailed: withStatus(env, 1) };
}

/** A context for code that no way reaches: faults of language only, nothing emitted. */
export function deadContext(context: Context): Context {
  return context.dead ? context : { ...context, dead: true, builder: newBuilder() };
}

function compileAndOr(
  context: Context,
  node: AndOr,
  start: Environment,
  flow: Flow,
): Environment | null {
  let env: Environment | null = null;
  for (const [index, command] of node.commands.entries()) {
    const last = index === node.commands.length - 1;
    const inner = last ? flow : { ...flow, tested: true };
    if (index === 0) {
      env = compileNode(context, command, start, inner);
      continue;
    }
    if (env === null) {
      compileNode(deadContext(context), command, start, inner);
      continue;
    }
    const and = node.operators[index - 1] === '&&';
    // `… || true`: whatever the status was, it is 0 now.
    if (env.status === 'lost' && !and && isTrue(command)) {
      env = finish(context, command, env, 0);
      continue;
    }
    const { ifOk, ifFailed } = branch(context, node, env);
    const [run, skip] = and ? [ifOk, ifFailed] : [ifFailed, ifOk];
    if (run === null || skip === null) {
      const after: Environment | null = compileNode(
        run === null ? deadContext(context) : context,
        command,
        env,
        inner,
      );
      env = run === null ? skip : after;
      continue;
    }
    const label = context.builder.label();
    emit(context, command, { op: and ? 'jump-if-failed' : 'jump-if-ok', to: label });
    const after = compileNode(context, command, run, inner);
    context.builder.mark(label);
    env = joinAll(after === null ? [skip] : [skip, after]);
  }
  return env;
}

const isTrue = (node: PipelineNode): boolean =>
  node.type === 'Command' &&
  /^(?:true|:)$/.test(node.name?.value ?? '') &&
  node.suffix.length === 0;

function compilePipeline(
  context: Context,
  node: Pipeline,
  env: Environment,
  flow: Flow,
): Environment | null {
  const negated = node.prefixes.filter((prefix) => prefix.type === 'Negation').length % 2 === 1;
  if (node.prefixes.some((prefix) => prefix.type === 'Time')) {
    report(context, 'DAX201', node, 'time is not supported', { suggestion: 'leave it out' });
  }
  const inner = negated ? { ...flow, tested: true } : flow;
  const [first, second] = node.commands;
  if (first === undefined) return env;
  const after =
    second === undefined
      ? compileNode(context, first, env, inner)
      : compileTee(context, node, env, inner);
  if (after === null || !negated) return after;
  if (after.status === 0 || after.status === 1) {
    return finish(context, node, after, after.status === 0 ? 1 : 0);
  }
  branch(context, node, after);
  emit(context, node, { op: 'invert' });
  return withStatus(after, 'runtime');
}

function compileCommand(
  context: Context,
  node: CommandNode,
  env: Environment,
  flow: Flow,
): Environment | null {
  switch (node.type) {
    case 'Command':
      return compileSimple(context, node, env, flow);
    case 'BraceGroup':
      return compileList(context, node.body.commands, env, flow);
    case 'If':
      return compileIf(context, node, env, flow);
    case 'For':
      return compileFor(context, node, env, flow);
    case 'While':
      return compileWhile(context, node, env, flow);
    case 'Function':
      return compileFunction(context, node, env);
    case 'Case':
      return compileCase(context, node, env, flow);
    case 'TestCommand':
      return applyExitOnError(
        context,
        node,
        compileBrackets(context, node, env) ?? withStatus(env, 'runtime'),
        flow,
      );
    case 'Redirected': {
      const to = readRedirects(context, node.redirects, env);
      if (to !== null && (to.input !== null || typeof to.output !== 'string')) {
        const suggestion = 'redirect the commands inside';
        report(context, 'DAX205', node, 'redirection of a whole block', { suggestion });
      }
      return compileCommand(context, node.command, env, flow);
    }
    default: {
      const what = REFUSED[node.type];
      report(context, 'DAX201', node, `${what.name} is not supported`, {
        suggestion: what.suggestion,
      });
      return withStatus(env, 'runtime');
    }
  }
}

const INLINE = 'write its commands in place';
const REFUSED: {
  readonly [type: string]: { readonly name: string; readonly suggestion: string };
} & {
  readonly [T in Exclude<
    CommandNode['type'],
    | ('Command' | 'BraceGroup' | 'If' | 'For' | 'While' | 'Redirected')
    | ('Function' | 'Case' | 'TestCommand')
  >]: { readonly name: string; readonly suggestion: string };
} = {
  Subshell: { name: 'a subshell', suggestion: 'use { …; }' },
  Select: { name: 'select', suggestion: INLINE },
  Coproc: { name: 'coproc', suggestion: 'write a second actor' },
  ArithmeticFor: { name: 'for ((…))', suggestion: 'use for … in words' },
  ArithmeticCommand: { name: '((…))', suggestion: 'use $((…)) and [ … ]' },
};

/** `if` with its `elif`s as a chain. */
function compileIf(context: Context, node: If, start: Environment, flow: Flow): Environment | null {
  const done = context.builder.label();
  const ways: Environment[] = [];
  const arms: readonly (If | Elif)[] = [node, ...node.elif];
  let env: Environment | null = start;
  for (const arm of arms) {
    const { clause } = arm;
    const here: Context = env === null ? deadContext(context) : context;
    const tested = compileList(here, clause.commands, env ?? start, { ...flow, tested: true });
    const { ifOk, ifFailed }: Branches =
      tested === null ? { ifOk: null, ifFailed: null } : branch(here, clause, tested);
    const next = here.builder.label();
    if (ifOk !== null && ifFailed !== null) {
      emit(here, clause, { op: 'jump-if-failed', to: next });
    }
    const inside = ifOk === null ? deadContext(here) : here;
    const after = compileList(inside, arm.then.commands, ifOk ?? tested ?? start, flow);
    if (!inside.dead && after !== null) {
      ways.push(after);
      emit(here, arm.then, { op: 'jump', to: done });
    }
    here.builder.mark(next);
    if (env !== null) env = ifFailed;
  }
  const last = compileElse(context, node, env, { start, flow });
  if (last !== null) ways.push(last);
  context.builder.mark(done);
  return joinAll(ways);
}

interface ElseOptions {
  readonly start: Environment;
  readonly flow: Flow;
}

function compileElse(
  context: Context,
  node: If,
  env: Environment | null,
  { start, flow }: ElseOptions,
): Environment | null {
  if (node.else === undefined) {
    // No arm was taken: sh answers 0, whatever the last condition was.
    return env === null ? null : finish(context, node, env, 0);
  }
  const here = env === null ? deadContext(context) : context;
  const after = compileList(here, node.else.commands, env ?? start, flow);
  return env === null ? null : after;
}

/** The status after a loop: of its last round where every way knows it, else lost. */
export function loopStatus(context: Context, at: Span, env: Environment): Environment {
  const { status } = env;
  if (status === 0 || status === 1) return finish(context, at, env, status);
  return withStatus(env, joinStatus(status, 'lost'));
}
