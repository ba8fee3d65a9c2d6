/** Faults of expressions: each with its code, its place inside the expression, and what it says. */
import { describe, expect, it } from 'vitest';
import { compileModel, nameFaults } from '../../src/compile/scenario.js';
import { BASE, faultsOf, modelOf, short } from '../model/support.ts';

/** An expression, then for each fault its code, the column in the expression from 1, and words. */
const CASES: readonly [string, ...(readonly [string, number, string])[]][] = [
  ['quiet'],
  ['devices["dax0.0"].driver == "kmem"'],
  ['"kmem" == devices["dax0.0"].driver || drivers["kmem"].ids.size() > 0'],
  ['blocks[32].index == 32 && devices[blocks[32].device].present'],
  ['size(blocks.filter(b, b.state == "online")) <= size(devices) * 2'],
  ['blocks.exists_one(b, b.index % 2 == 0) ? quiet : !settled'],
  ['size([1, 2]) == 2 && size("abc") == 3 && -1 < 0 && 1 in [3, 1]'],
  ['devices["dax0.0"].zone == 1', ['DAX321', 1, 'a device has no field `zone`']],
  ['devices["dax0.9"].present', ['DAX321', 1, 'no device of this model is named `dax0.9`']],
  ['quite', ['DAX321', 1, 'nothing is named `quite`']],
  ['quiet && stetled', ['DAX321', 10, 'nothing is named `stetled`']],
  ['threads["nobody"].done', ['DAX321', 1, 'no thread of this model is named `nobody`']],
  ['"dax7.7" in drivers["kmem"].ids', ['DAX321', 1, 'nothing of this model is named `dax7.7`']],
  ['devices["dax0.0"].driver == "kmen"', ['DAX322', 1, 'this is never "kmen"']],
  ['devices["dax0.0"].driver', ['DAX322', 1, 'expected true or false']],
  ['devices["dax0.0"].size == "2"', ['DAX322', 1, 'a whole number is never the text "2"']],
  ['devices["dax0.0"].size + quiet > 1', ['DAX322', 26, 'expected a whole number']],
  ['blocks.all(b, b.index)', ['DAX322', 15, 'expected true or false']],
  ['blocks.all(b, b.stat == "x")', ['DAX321', 15, 'a block has no field `stat`']],
  ['devices.present', ['DAX322', 1, 'a list has no field `present`']],
  ['quiet.name == "x"', ['DAX322', 1, 'true or false has no field `name`']],
  ['devices[0].present', ['DAX322', 1, 'between the brackets, expected a name']],
  ['blocks[99].state == "online"', ['DAX321', 1, 'no block of this model is named `memory99`']],
  ['(quiet ? 1 : settled) == 1', ['DAX322', 2, 'the two answers are']],
  ['1 / devices["dax0.0"].size == 0', ['DAX323', 5, 'this could be 0']],
  ['1.5 < 2.0', ['DAX323', 1, 'values of this kind'], ['DAX323', 7, 'values of this kind']],
  ['{"a": 1}.a == 1', ['DAX323', 1, '`map` is not known here']],
  ['has(devices.x)', ['DAX323', 1, '`has` with 1 arguments']],
  ['blocks.map(b, b.index).size() == 2', ['DAX323', 1, '`map` with 2 arguments']],
  ['devices["dax0.0"].name.matches("d.*")', ['DAX323', 1, '`matches` with 1 arguments']],
  ['quiet &&', ['DAX320', 9, 'not an expression']],
  ['"quiet', ['DAX320', 1, 'not an expression: Unterminated string']],
  ['1 ++ 2', ['DAX320', 4, 'not an expression']],
];

/** `  own: '` stands before the expression. */
const COLUMN = "  own: '".length;

const modelWith = (expression: string): string =>
  `${BASE}properties:\n  own: '${expression.replaceAll("'", "''")}'\n`;

describe('faults of expressions', () => {
  it.each(CASES)('%s', (expression, ...expected) => {
    const faults = nameFaults(modelOf(modelWith(expression)));

    expect(short(faults)).toEqual(expected.map(([code, column]) => `${code} 9:${COLUMN + column}`));
    for (const [index, [, , words]] of expected.entries()) {
      expect(faults[index]?.message).toContain(words);
    }
  });

  it('counts its cases', () => {
    process.stdout.write(`${CASES.length} expressions\n`);
    expect(CASES.length).toBeGreaterThan(30);
  });

  it('places them in the lines of a block of text', () => {
    const model = modelOf(`${BASE}properties:\n  own: |\n    quiet ||\n      settle\n`);

    expect(short(nameFaults(model))).toEqual(['DAX321 11:7']);
  });

  const TWO = `${BASE}properties:\n  a: qiet\n  b: { eventually: setled }\n`;

  it('tells faults of every property at once', () => {
    expect(short(nameFaults(modelOf(TWO)))).toEqual(['DAX321 9:6', 'DAX321 10:20']);
  });

  it('refuses a file that declares a property and leaves it out of `check`', () => {
    expect(faultsOf(`${TWO}check: [a]\n`)).toEqual(['DAX324 10:3']);
  });

  it('checks one property alone where that one is asked for, as bisect does', () => {
    const properties = 'properties:\n  a: quiet\n  b: settled\n  c: { reachable: oops }\n';
    const model = modelOf(`${BASE}${properties}actors:\n  admin: |\n    sleep 1\n`);
    const one = { ...model, check: [{ name: 'a', device: null, place: model.kernel.place }] };

    expect(nameFaults(one)).toEqual([]);
    expect(compileModel(one).own.invariants.map(({ name }) => name)).toEqual(['a']);
    expect(compileModel(one).own.temporal).toEqual([]);
  });
});

describe('faults of what stands around them', () => {
  const CHECKS: readonly [string, readonly string[]][] = [
    ["properties: { a: { sometime: 'quiet' } }", ['DAX010 8:20']],
    ["properties: { a: { eventually: 'quiet', always: 'quiet' } }", ['DAX017 8:15']],
    ["properties: { a: { leads-to: 'quiet' } }", ['DAX012 8:30']],
    ["check: [{ leads-to: ['quiet'] }]", ['DAX012 8:21']],
    ["check: [{ eventually: ['quiet', 'quiet'] }]", ['DAX012 8:23']],
    ["check: [{ recoverable: ['dax0.0', 'dax0.0'] }]", ['DAX012 8:24']],
    ["check: [{ eventually: 'quiet' }, { eventually: 'quiet' }]", ['DAX046 8:34']],
    ["check: [{ eventually: 'quiet' }, { eventually: 'settled' }]", []],
  ];
  it.each(CHECKS)('%s', (text, faults) => {
    expect(faultsOf(`${BASE}${text}\n`)).toEqual(faults);
  });

  it('does not let a property have the name of a built-in one', () => {
    const names = ['no-crash', 'no-livelock'].map((name) => `  ${name}: quiet\n`).join('');

    expect(short(nameFaults(modelOf(`${BASE}properties:\n${names}`)))).toEqual([
      'DAX325 9:3',
      'DAX325 10:3',
    ]);
  });

  it('takes 32 properties of one state, and not one more', () => {
    const of = (count: number): string =>
      Array.from({ length: count }, (_, number) => `  p${number}: quiet\n`).join('');

    expect(nameFaults(modelOf(`${BASE}properties:\n${of(32)}`))).toEqual([]);
    expect(short(nameFaults(modelOf(`${BASE}properties:\n${of(33)}`)))).toEqual(['DAX303 3:9']);
  });
});
