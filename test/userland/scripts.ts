/**
 * Random scripts of the supported language that end, and mean the same to /bin/sh.
 */
import fc from 'fast-check';
import { LOG } from './machine.ts';

const MEMORY = '/sys/devices/system/memory';
const FILES = [
  `${MEMORY}/auto_online_blocks`,
  `${MEMORY}/memory32/state`,
  `${MEMORY}/memory33/state`,
  '/sys/bus/dax/drivers/device_dax/bind',
];
const READABLE = [
  ...FILES.slice(0, 3),
  `${MEMORY}/memory9/state`,
  '/sys/bus/dax/devices/dax0.0/size',
];
const GLOBS = ['/sys/bus/dax/devices/dax*', `${MEMORY}/memory[39]*`];

const file = fc.constantFrom(...FILES);
const readable = fc.constantFrom(...READABLE);
const variable = fc.constantFrom('x', 'y');
const literal = fc.constantFrom('a', 'b', 'online', 'offline');
const value = fc.oneof(
  literal,
  variable.map((name) => `"$${name}"`),
  readable.map((path) => `"$(cat ${path})"`),
);

const CALLS = ['f a', 'f "$x"'];

const log = value.map((text) => `echo ${text} >> ${LOG}`);
const write = fc.tuple(value, file).map(([text, path]) => `echo ${text} > ${path}`);
const assign = fc.oneof(
  fc.tuple(variable, value).map(([name, text]) => `${name}=${text}`),
  fc.tuple(variable, readable).map(([name, path]) => `${name}=$(cat ${path})`),
);
const test = fc.oneof(
  fc.tuple(value, fc.constantFrom('=', '!='), value).map((words) => `[ ${words.join(' ')} ]`),
  fc.tuple(fc.constantFrom('-n', '-z'), value).map((words) => `[ ${words.join(' ')} ]`),
  readable.map((path) => `[ -e ${path} ]`),
  fc.constantFrom('true', 'false', ':'),
);
const simple = fc.oneof(
  log,
  log,
  write,
  assign,
  test,
  readable.map((path) => `cat ${path}`),
);

const { list } = fc.letrec<{ list: string; statement: string; condition: string; body: string }>(
  (tie) => ({
    condition: fc.oneof(
      { depthSize: 'small' },
      simple,
      tie('condition').map((inner) => `! ${inner.startsWith('!') ? inner.slice(2) : inner}`),
      fc
        .tuple(fc.constantFrom('', '! '), simple, fc.constantFrom('&&', '||'), simple)
        .map(([not, left, operator, right]) => `{ ${not}${left} ${operator} ${right}; }`),
    ),
    statement: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      simple,
      fc
        .tuple(tie('condition'), fc.constantFrom('&&', '||'), tie('condition'))
        .map(([left, operator, right]) => `${left} ${operator} ${right}`),
      fc
        .tuple(tie('condition'), tie('list'), tie('list'))
        .map(([test, yes, no]) => `if ${test}; then\n${yes}\nelse\n${no}\nfi`),
      fc.tuple(tie('condition'), tie('list')).map(([test, yes]) => `if ${test}; then\n${yes}\nfi`),
      fc
        .tuple(fc.oneof(tie('condition'), tie('statement')), fc.constantFrom('-eq', '-ne'))
        .map(([before, op]) => `${before}\nif [ $? ${op} 0 ]; then echo asked >> ${LOG}; fi`),
      fc
        .tuple(value, fc.constantFrom('a', 'online', 'o*', 'b|offline'), tie('list'), tie('list'))
        .map(([word, one, yes, no]) => `case ${word} in\n${one})\n${yes};;\n*)\n${no};;\nesac`),
      fc.constantFrom(...CALLS),
      fc.tuple(fc.nat(3), tie('condition'), tie('body')).map(countedLoop),
      fc
        .tuple(tie('body'), fc.constantFrom('k', 'l'))
        .map(
          ([body, name]) => `for ${name} in a "b c"; do\necho "$${name}" >> ${LOG}\n${body}\ndone`,
        ),
      fc
        .tuple(fc.constantFrom(...GLOBS), tie('body'), fc.constantFrom('d', 'e'))
        .map(([glob, body, name]) => globLoop(glob, body, name)),
      fc.constantFrom('set -e', 'set +e').map((line) => `true; ${line}`),
    ),
    body: fc
      .tuple(tie('list'), fc.option(fc.constantFrom('break', 'continue')), tie('condition'))
      .map(([list, leave, test]) =>
        leave === null ? list : `if ${test}; then ${leave}; fi\n${list}`,
      ),
    list: fc
      .array(tie('statement'), { minLength: 1, maxLength: 3 })
      .map((statements) => statements.join('\n')),
  }),
);

/** A counter with a number above those inside, so that no body changes the bound of its loop. */
function countedLoop([bound, test, body]: [number, string, string]): string {
  const inside = [...body.matchAll(/^n(\d+)=0$/gm)].map((match) => Number(match[1]));
  const name = `n${Math.max(0, ...inside) + 1}`;
  const head = `${name}=0\nwhile [ $${name} -lt ${bound} ] && ${test}; do`;
  return `${head}\n${name}=$((${name} + 1))\n${body}\ndone`;
}

function globLoop(glob: string, body: string, name: string): string {
  const first = `echo "\${${name}##*/}" >> ${LOG}\necho $(basename "$${name}") >> ${LOG}`;
  return `for ${name} in ${glob}; do\n${first}\n${body}\ndone`;
}

/** A function that calls none, and whose counters are not those of its callers. */
function definition(body: string, last: string): string {
  const calls = new RegExp(CALLS.map((call) => call.replace('$', '\\$')).join('|'), 'g');
  const own = body.replace(calls, 'echo "$1" >> log').replace(/\bn(\d+)\b/g, 'm$1');
  return `f() {\n${own.replaceAll('>> log', `>> ${LOG}`)}\n${last}\n}`;
}

/** Scripts with a function, and with their variables set at the top. */
export const script = fc
  .tuple(fc.boolean(), fc.boolean(), list, fc.constantFrom(':', 'return 1', 'return'), list)
  .map(([strict, trap, body, last, text]) =>
    [
      ...(trap ? [`trap 'echo bye >> ${LOG}' EXIT`] : []),
      ...(strict ? ['set -e'] : []),
      ...['x=a', 'y=b', definition(body, last), text, `echo end >> ${LOG}`],
    ].join('\n'),
  );
