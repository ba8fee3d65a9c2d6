/**
 * The JSON Schema file is the one of the code; its keys feed the hints.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { knownKeys, printModelJsonSchema } from '../../src/model/jsonSchema.ts';
import { nearest } from '../../src/model/suggest.ts';

describe('the JSON Schema of model files', () => {
  it('is the one in schema/model.schema.json (npm run schema writes it)', () => {
    const file = new URL('../../schema/model.schema.json', import.meta.url);

    expect(readFileSync(file, 'utf8')).toBe(printModelJsonSchema());
  });

  it('knows the keys of a nested mapping', () => {
    expect(knownKeys(['machine', 'modules'])).toEqual([
      'device_dax',
      'kmem',
      'fsdev_dax',
      'dax_hmem',
      'cxl_acpi',
      'dax_cxl',
      'cxl',
    ]);
  });

  it('knows the keys below names of the user and below alternatives', () => {
    expect(knownKeys(['actors', 'anyone'])).toContain('script_file');
  });
});

describe('a suggestion', () => {
  it.each([
    ['titel', ['title', 'kernel'], 'title'],
    ['block-size', ['block_size'], 'block_size'],
    ['granulartiy', ['granularity'], 'granularity'],
    ['dax7.0', ['dax0.1'], null],
    ['x', ['kernel'], null],
    ['y'.repeat(10_000), ['y'], null],
  ])('for %s is the nearest word or none', (word, candidates, expected) => {
    expect(nearest(word, candidates)).toBe(expected);
  });
});
