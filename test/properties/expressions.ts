/**
 * Random expressions that are well typed for a model, as text: built from the table of observable
 * names, so that a new name is tested by being there.
 */
import fc from 'fast-check';
import type { Scenario } from '../../src/compile/scenario.js';
import {
  COLLECTIONS,
  OBSERVABLES,
  OBSERVED_DRIVERS,
  type Observable,
  type ObservedObject,
} from '../../src/kernel/observables.js';

const COMPARISONS = ['==', '!=', '<', '<=', '>', '>='];

function namesOf(object: ObservedObject, { plan, threads }: Scenario): readonly string[] {
  const names: { readonly [O in ObservedObject]: readonly string[] } = {
    device: plan.devices.map(({ name }) => name),
    block: plan.blocks.map(({ index }) => `memory${index}`),
    driver: OBSERVED_DRIVERS,
    thread: threads.map(({ name }) => name),
    machine: [],
  };
  return names[object];
}

/** A test of one field, of an object that is written as `subject`. */
function atomOf(row: Observable, subject: string, scenario: Scenario): fc.Arbitrary<string> {
  const field = row.object === 'machine' ? row.name : `${subject}.${row.name}`;
  const { reading } = row;
  switch (reading.type) {
    case 'bool':
      return fc.constant(field);
    case 'int':
      return fc
        .tuple(fc.constantFrom(...COMPARISONS), fc.constantFrom(0n, 1n, 2n, 134217728n, 268435456n))
        .map(([op, number]) => `${field} ${op} ${number}`);
    case 'text': {
      const text = fc.constantFrom(...reading.texts);
      return fc.oneof(
        text.map((one) => `${field} == "${one}"`),
        text.map((one) => `"${one}" != ${field}`),
        fc.tuple(text, text).map(([one, other]) => `${field} in ["${one}", "${other}"]`),
        text.map((one) => `${field}.startsWith("${one.slice(0, 2)}")`),
        text.map((one) => `${field}.contains("${one.slice(-2)}")`),
      );
    }
    case 'names':
      return fc.constantFrom(...namesOf('device', scenario)).map((one) => `"${one}" in ${field}`);
    case 'fixed':
      return reading.of === 'number'
        ? fc.constantFrom(32n, 33n, 40n).map((number) => `${field} % 7 == ${number} % 7`)
        : fc
            .constantFrom(...namesOf('device', scenario), 'memory33', 'kmem')
            .map((one) => `${field} == "${one}"`);
  }
}

function atoms(object: ObservedObject, subject: string, scenario: Scenario): fc.Arbitrary<string> {
  const rows = OBSERVABLES.filter((row) => row.object === object);
  return fc.oneof(...rows.map((row) => atomOf(row, subject, scenario)));
}

/** Random expressions over the names of a scenario. */
export function expressionsOf(scenario: Scenario): fc.Arbitrary<string> {
  const named = Object.entries(COLLECTIONS).flatMap(([collection, { of }]) =>
    namesOf(of, scenario).map((name) => atoms(of, `${collection}["${name}"]`, scenario)),
  );
  const macros = Object.entries(COLLECTIONS).flatMap(([collection, { of }]) => {
    const body = atoms(of, 'x', scenario);
    return [
      fc
        .tuple(fc.constantFrom('all', 'exists', 'exists_one'), body)
        .map(([name, says]) => `${collection}.${name}(x, ${says})`),
      fc.tuple(body, body).map(([one, other]) => {
        return `${collection}.filter(x, ${one}).all(y, ${other.replaceAll('x.', 'y.')})`;
      }),
      body.map((says) => `size(${collection}.filter(x, ${says})) + 1 > 4 / 2`),
    ];
  });
  const atom = fc.oneof(atoms('machine', '', scenario), ...named, ...macros);
  const { expression } = fc.letrec<{ expression: string }>((tie) => ({
    expression: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      atom,
      tie('expression').map((one) => `!(${one})`),
      fc
        .tuple(tie('expression'), fc.constantFrom('&&', '||', '==', '!='), tie('expression'))
        .map(([left, op, right]) => `(${left}) ${op} (${right})`),
      fc
        .tuple(tie('expression'), tie('expression'), tie('expression'))
        .map(([test, yes, no]) => `((${test}) ? (${yes}) : (${no}))`),
    ),
  }));
  return expression;
}
