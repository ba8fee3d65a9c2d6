/**
 * Actors and faults of the environment: their kinds, and the exact places of their texts.
 */
import { describe, expect, it } from 'vitest';
import { BASE, faultsOf, modelOf } from './support.ts';

describe('the place of a script', () => {
  it('is the first character of its first line, so that line 3 of it can be named', () => {
    const text = `${BASE}actors:\n  admin: |   # as root\n    set -e\n\n    echo x > /y\n`;
    const [actor] = modelOf(text).actors;

    expect(actor).toEqual({
      kind: 'script',
      name: 'admin',
      script: {
        text: 'set -e\n\necho x > /y\n',
        place: { file: 'model.yaml', line: 10, column: 5 },
      },
    });
  });

  it('counts blank lines before the first command', () => {
    const [actor] = modelOf(`${BASE}actors:\n  a: |\n\n\n       x\n`).actors;

    expect(actor).toMatchObject({ script: { text: '\n\nx\n', place: { line: 10, column: 8 } } });
  });

  it('follows an explicit indentation', () => {
    const [actor] = modelOf(`${BASE}actors:\n  a: |2\n      x\n`).actors;

    expect(actor).toMatchObject({ script: { text: '  x\n', place: { line: 10, column: 5 } } });
  });

  it('is the same with CRLF', () => {
    const text = `${BASE}actors:\n  a: |\n    x\n    y\n`.replaceAll('\n', '\r\n');
    const [actor] = modelOf(text).actors;

    expect(actor).toMatchObject({ script: { text: 'x\ny\n', place: { line: 10, column: 5 } } });
  });

  it.each([
    ['plain text', 'x y', 6],
    ['single quotes', "'x y'", 7],
    ['double quotes', '"x y"', 7],
  ])('is the first letter in %s', (_, written, column) => {
    const [actor] = modelOf(`${BASE}actors:\n  a: ${written}\n`).actors;

    expect(actor).toMatchObject({ script: { text: 'x y', place: { line: 9, column } } });
  });

  it('is the first line of the file that it comes from', () => {
    const [actor] = modelOf(`${BASE}actors:\n  a: { script_file: up.sh }\n`, {
      'up.sh': 'x\n',
    }).actors;

    expect(actor).toMatchObject({
      script: { text: 'x\n', place: { file: 'up.sh', line: 1, column: 1 } },
    });
  });
});

describe('an actor', () => {
  it('may be a menu, each command with its place', () => {
    const [actor] = modelOf(`${BASE}actors:\n  a: { any: [x, 'y z'], times: 3 }\n`).actors;

    expect(actor).toEqual({
      kind: 'any',
      name: 'a',
      commands: [
        { text: 'x', place: { file: 'model.yaml', line: 9, column: 14 } },
        { text: 'y z', place: { file: 'model.yaml', line: 9, column: 18 } },
      ],
      times: 3,
    });
  });

  it('repeats its menu for ever where no bound is written', () => {
    expect(modelOf(`${BASE}actors:\n  a: { any: [x] }\n`).actors[0]).toMatchObject({ times: null });
  });

  it('may be udev, with rules of several files', () => {
    const text = `${BASE}actors:\n  u: { rules_file: [a, b], events: [coldplug], workers: 2 }\n`;
    const [actor] = modelOf(text, { a: 'A', b: 'B' }).actors;

    expect(actor).toMatchObject({
      kind: 'udev',
      rules: [{ text: 'A' }, { text: 'B' }],
      coldplug: true,
      workers: 2,
    });
  });

  it.each([
    ['nothing to run', '{}', ['DAX050 9:3']],
    ['two kinds of work', '{ script: x, any: [y] }', ['DAX017 9:3']],
    ['a bound on a script', '{ script: x, times: 2 }', ['DAX051 9:19']],
    ['workers of a menu', '{ any: [x], workers: 2 }', ['DAX051 9:18']],
    ['events without rules', '{ script: x, events: [coldplug] }', ['DAX051 9:19']],
    ['a bound of zero', '{ any: [x], times: 0 }', ['DAX014 9:25']],
    ['an empty menu', '{ any: [] }', ['DAX052 9:13']],
    ['an unknown event', '{ rules: x, events: [hotplug] }', ['DAX013 9:27']],
    ['a file that is missing', '{ script_file: none.sh }', ['DAX001 9:21']],
    ['a list', '[x]', ['DAX012 9:6']],
  ])('is refused for %s', (_, written, expected) => {
    expect(faultsOf(`${BASE}actors:\n  a: ${written}\n`)).toEqual(expected);
  });

  it('is refused as folded text', () => {
    expect(faultsOf(`${BASE}actors:\n  a: >\n    x\n    y\n`)).toEqual(['DAX016 9:6']);
  });

  it('cannot be called as traces call the environment', () => {
    expect(faultsOf(`${BASE}actors:\n  environment: x\n`)).toEqual(['DAX018 9:3']);
  });
});

describe('faults of the environment', () => {
  it('happen once where no number is written', () => {
    const text = `${BASE}faults:\n  - add_memory -ENOMEM\n  - { fault: signal, times: 2 }\n`;

    expect(modelOf(text).faults).toMatchObject([
      { point: 'add_memory', errno: '-ENOMEM', times: 1, place: { line: 9, column: 5 } },
      { point: 'signal', errno: null, times: 2, place: { line: 10, column: 14 } },
    ]);
  });

  it.each([
    ['a word too many', 'add_memory -ENOMEM now', ['DAX054 9:5']],
    ['an errno without its sign', 'add_memory ENOMEM', ['DAX054 9:5']],
    ['zero times', '{ fault: signal, times: 0 }', ['DAX014 9:29']],
  ])('are refused for %s', (_, written, expected) => {
    expect(faultsOf(`${BASE}faults:\n  - ${written}\n`)).toEqual(expected);
  });
});
