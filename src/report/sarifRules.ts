/**
 * The rules of a SARIF log: every property, whether it was violated or not, and every way to fail
 * the gate.
 */
import type { ReportingDescriptor } from 'sarif';
import { PROPERTIES, propertyNamed } from '../kernel/properties.js';
import type { PropertyClass } from '../verdict/trace.js';
import type { FailureKind } from './gateRecord.js';

const CLASSES: { readonly [C in PropertyClass]: string } = {
  'kernel-defect': 'Kernel defect: the kernel breaks what it promises.',
  script: 'Script finding: the kernel does as documented, and the procedure loses something.',
  policy: 'Policy: something that the model forbids and that no kernel promises to prevent.',
  own: 'Own property: what the model itself asks for under `properties:` or in `check:`.',
};

/** Each way to fail the gate: what it means, and what to do. */
const KINDS: { readonly [K in FailureKind]: readonly [what: string, todo: string] } = {
  violated: [
    'A property is violated that the model does not declare as violated',
    'Read the steps (daxcheck explore MODEL). Declare the violation in `expect:` if it is right.',
  ],
  held: [
    'A violation that the model declares was not found',
    'Did the model or daxcheck lose what leads there? Correct `expect:` if it is right.',
  ],
  counts: [
    'States, transitions or depth are other than the model declares',
    'Something behaves otherwise. Correct the counts in `expect:` if it should.',
  ],
  vacuous: [
    'The search did nothing, so that nothing could be violated',
    'Look at the paths and names in the scripts: daxcheck explore MODEL lists what was never done.',
  ],
  incomplete: [
    'The search ended early, or ran to its end where the model declares that it does not',
    'Give it more memory (--memory), or declare `complete: false` with `limits:`.',
  ],
  invalid: ['The model cannot be explored as it is written', 'Repair what stands at the place.'],
  undeclared: [
    'The model declares no verdict',
    'Add `expect:` with the verdict and the counts that daxcheck explore MODEL prints.',
  ],
  drift: [
    'The answer is another than in the baseline',
    'If it should be, write the baseline again: daxcheck gate DIR --baseline FILE --update.',
  ],
  error: [
    'The model could not be explored on this machine',
    'The text names the limit of the machine, or asks for a report of a bug.',
  ],
  crashed: [
    'The process that explored the model ended without an answer',
    'Explore the model alone: daxcheck explore MODEL. A bug of daxcheck should be reported.',
  ],
};

/** `no-deadlock` as an identifier: `NoDeadlock`. */
const identifierOf = (id: string): string =>
  id.replace(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase());

function descriptor(
  id: string,
  summary: string,
  help: string,
  tags: readonly string[],
): ReportingDescriptor {
  return {
    id,
    name: identifierOf(id),
    shortDescription: { text: summary },
    fullDescription: { text: `${summary}. ${help}` },
    help: { text: `${summary}. ${help}` },
    properties: { tags: [...tags] },
  };
}

function propertyRule(name: string): ReportingDescriptor {
  const row = propertyNamed(name);
  const summary = row?.summary ?? `${name} does not hold`;
  const id = row?.class ?? 'own';
  const where =
    row === undefined ? 'docs/properties.md, "Own properties"' : `docs/properties.md, "${name}"`;
  return descriptor(name, summary, `${CLASSES[id]} Its definition: ${where}.`, ['property', id]);
}

/**
 * Makes the rules.
 *
 * @param used names of rules that results have; those of a model's own properties are added.
 * @param gate the rules `gate/…`.
 */
export function propertyRules(
  used: readonly string[],
  gate: readonly `gate/${FailureKind}`[],
): ReportingDescriptor[] {
  const known = PROPERTIES.map(({ name }) => name);
  const own = used.filter((name) => !known.includes(name) && !gate.some((one) => one === name));
  const ways = gate.map((id) => {
    const [summary, help] = KINDS[id.slice('gate/'.length) as FailureKind];
    return descriptor(id, summary, help, ['gate']);
  });
  return [...[...known, ...new Set(own)].map(propertyRule), ...ways];
}
