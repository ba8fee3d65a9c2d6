/** The table of observable names in docs/properties.md; DOCS_UPDATE=1 writes it again. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { OBSERVABLES, type Reading } from '../../src/kernel/observables.js';

const PATH = fileURLToPath(new URL('../../docs/properties.md', import.meta.url));
const HEAD = '| of | name | type | what it is |\n|---|---|---|---|\n';

function typeOf(reading: Reading): string {
  switch (reading.type) {
    case 'text':
      return reading.texts.map((text) => `\`${text}\``).join(', ');
    case 'fixed':
      return reading.of === 'number' ? 'number' : 'text';
    case 'int':
      return 'number';
    case 'bool':
      return 'true, false';
    case 'names':
      return 'set of names';
  }
}

const table = `${HEAD}${OBSERVABLES.map(
  ({ object, name, reading, means }) =>
    `| ${object} | \`${name}\` | ${typeOf(reading)} | ${means} |\n`,
).join('')}`;

it('docs/properties.md has the table of observable names as it is in the code', () => {
  const text = readFileSync(PATH, 'utf8');
  const found = /\| of \| name \| type \| what it is \|\n(\|.*\n)+|OBSERVABLES\n/.exec(text)?.[0];
  if (process.env.DOCS_UPDATE === '1' && found !== undefined) {
    writeFileSync(PATH, text.replace(found, table));
    return;
  }
  expect(found).toBe(table);
});
