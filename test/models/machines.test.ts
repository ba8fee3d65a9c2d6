/**
 * The machines of users: each model of models/machines/ that finds something has a safe variant,
 * and docs/field-guide.md tells it. DOCS_UPDATE=1 writes their table into models/README.md.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MODEL_FILES, modelNamed } from '../explore/models.js';
import { MODELS } from './corpus.js';

const README = join(MODELS, 'README.md');
const GUIDE = join(MODELS, '..', 'docs', 'field-guide.md');
const BEGIN = '<!-- machines -->\n';
const END = '<!-- end of machines -->\n';
const SAFE = '-safe';

const names = MODEL_FILES.filter((name) => name.startsWith('machines/')).map((name) =>
  name.slice('machines/'.length, -'.yaml'.length),
);
const safes = names.filter((name) => name.endsWith(SAFE));
const found = safes.map((name) => name.slice(0, -SAFE.length));
/** The same machine once more: another kernel, another order. */
const others = names.filter((name) => !safes.includes(name) && !found.includes(name));

const modelOf = (name: string) => modelNamed(`machines/${name}.yaml`);

/** Names of what a model declares to be found. */
function findingsOf(name: string): readonly string[] {
  const { violated = [], findings = [] } = modelOf(name).expect ?? {};
  return [...violated, ...findings];
}

interface Section {
  readonly title: string;
  readonly text: string;
}

/** The parts of a document below its headings of the second level. */
function sectionsOf(text: string): readonly Section[] {
  const [, ...parts] = text.split(/^## /m);
  return parts.map((part) => ({ title: part.split('\n')[0] ?? '', text: part }));
}

/** What a heading is called in a link, as GitHub does it. */
const anchorOf = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');

const sections = sectionsOf(readFileSync(GUIDE, 'utf8'));

/** The section that tells of a machine and of its safe variant. */
const sectionOf = (name: string): Section | undefined =>
  sections.find(({ text }) =>
    [name, name + SAFE].every((each) => text.includes(`models/machines/${each}.yaml`)),
  );

const link = (name: string): string => `[${name}](machines/${name}.yaml)`;

function renderRow(name: string): readonly string[] {
  const { title = '' } = sectionOf(name) ?? {};
  const { kernel, tools } = modelOf(name);
  const told = `[${title}](../docs/field-guide.md#${anchorOf(title)})`;
  const releases = [kernel.release, ...(tools === null ? [] : [`daxctl ${tools.release}`])];
  return [told, link(name), releases.join(', '), findingsOf(name).join(', '), link(name + SAFE)];
}

/** The table, in the order of the guide. */
function renderMachines(): string {
  const titles = sections.map(({ title }) => title);
  const placeOf = (name: string): number => titles.indexOf(sectionOf(name)?.title ?? '');
  const sorted = found.toSorted((left, right) => placeOf(left) - placeOf(right));
  const head = ['what was seen', 'model', 'release', 'finds', 'safe'];
  const rows = [head, head.map(() => '---'), ...sorted.map(renderRow)];
  return rows.map((row) => `| ${row.join(' | ')} |\n`).join('');
}

describe('the machines of users', () => {
  it.each(found)('%s finds something, and its safe variant nothing', (name) => {
    expect(findingsOf(name)).not.toEqual([]);
    expect(findingsOf(name + SAFE)).toEqual([]);
  });

  it.each(found)('%s is told in the field guide, with its safe variant', (name) => {
    expect(sectionOf(name)?.title).toBeTypeOf('string');
  });

  it('are each of one that has a safe variant', () => {
    const strays = others.filter((name) => !found.some((base) => name.startsWith(`${base}-`)));

    expect(strays).toEqual([]);
  });

  it('stand in the table of models/README.md', () => {
    const text = readFileSync(README, 'utf8');
    const [head = '', rest = ''] = text.split(BEGIN);
    const [old = '', tail = ''] = rest.split(END);
    const fresh = renderMachines();
    if (process.env.DOCS_UPDATE === '1') {
      writeFileSync(README, `${head}${BEGIN}${fresh}${END}${tail}`);
    } else expect(old).toBe(fresh);
  });
});
