/**
 * The properties that a model asks for, and the verdict that it declares.
 */
import { describe, expect, it } from 'vitest';
import { BASE, faultsOf, modelOf } from './support.ts';

describe('the properties of a model', () => {
  it('keep their places and devices', () => {
    expect(modelOf(`${BASE}check: [no-leak, { recoverable: dax0.0 }]\n`).check).toEqual([
      { name: 'no-leak', device: null, place: { file: 'model.yaml', line: 8, column: 9 } },
      { name: 'recoverable', device: 'dax0.0', place: { file: 'model.yaml', line: 8, column: 18 } },
    ]);
  });

  it.each([
    ['an unknown device', '[{ recoverable: dax9.0 }]', ['DAX045 8:24']],
    ['two in one entry', '[{ a: dax0.0, b: dax0.0 }]', ['DAX055 8:9']],
    ['one asked for twice', '[no-leak, no-leak]', ['DAX046 8:18']],
    ['an empty list', '[]', ['DAX052 8:8']],
  ])('are refused for %s', (_, written, expected) => {
    expect(faultsOf(`${BASE}check: ${written}\n`)).toEqual(expected);
  });

  it('may speak of a device that userland can create in a dynamic region', () => {
    const region =
      '  regions:\n    r: { range: 200000000-20fffffff, kind: dynamic, target_node: 1 }\n';

    expect(faultsOf(`${BASE}${region}check: [{ recoverable: dax1.0 }]\n`)).toEqual([]);
  });
});

describe('the declared verdict', () => {
  it('may be a single name', () => {
    expect(modelOf(`${BASE}expect: { finding: recoverable }\n`).expect).toMatchObject({
      violated: [],
      findings: ['recoverable'],
      states: null,
      complete: true,
    });
  });

  it('may have exact counts', () => {
    const text = `${BASE}expect: { holds: true, states: 300, transitions: 900, depth: 12 }\n`;

    expect(modelOf(text).expect).toMatchObject({ states: 300, transitions: 900, depth: 12 });
  });

  it('may be a search that its limits end', () => {
    const text = `${BASE}limits: { states: 10 }\nexpect: { complete: false }\n`;

    expect(modelOf(text).expect).toMatchObject({ complete: false });
  });

  it.each([
    ['holds and is violated', '{ holds: true, violated: no-leak }'],
    ['holds and has a finding', '{ holds: true, finding: [zone] }'],
    ['does not hold for no reason', '{ holds: false }'],
    ['says nothing', '{ states: 5 }'],
    ['is ended by limits that do not exist', '{ complete: false }'],
  ])('is refused where it %s', (_, written) => {
    expect(faultsOf(`${BASE}expect: ${written}\n`)).toEqual(['DAX053 8:1']);
  });

  it('is refused where it holds although limits end the search', () => {
    const text = `${BASE}limits: { depth: 3 }\nexpect: { holds: true, complete: false }\n`;

    expect(faultsOf(text)).toEqual(['DAX053 9:1']);
  });
});
