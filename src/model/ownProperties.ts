/**
 * Builds the user's own properties: expressions with their places. What the expressions say is
 * checked by a later layer.
 */
import { type Context, report, textAt } from './context.js';
import type { OwnForm, OwnProperty, PropertyRequest, SourceText } from './model.js';
import type { ModelFile } from './schema.js';
import { suggestion } from './suggest.js';
import type { Path } from './yamlSource.js';

/** The forms that are written as a key, with the number of expressions that each takes. */
export const OWN_FORMS: { readonly [F in Exclude<OwnForm, 'quiet'>]: 1 | 2 } = {
  always: 1,
  eventually: 1,
  reachable: 1,
  'leads-to': 2,
  'never-after': 2,
};

export const isOwnForm = (key: string): key is keyof typeof OWN_FORMS =>
  Object.hasOwn(OWN_FORMS, key);

/** Reads one text, or a list of them, at a path; null (with a fault) when one cannot be placed. */
function textsAt(context: Context, path: Path, written: unknown): readonly SourceText[] | null {
  if (!Array.isArray(written)) {
    const text = textAt(context, path);
    return text === null ? null : [text];
  }
  const texts = written.map((_, index) => textAt(context, [...path, index]));
  return texts.every((text) => text !== null) ? texts : null;
}

/** Builds a property from its form and what is written beside it; null with a fault. */
export function buildForm(
  context: Context,
  { name, form, path }: { readonly name: string; readonly form: string; readonly path: Path },
  written: unknown,
): OwnProperty | null {
  if (!isOwnForm(form)) {
    const values = { suggestion: suggestion(form, Object.keys(OWN_FORMS)) };
    report(context, 'DAX010', context.source.keyPlaceOf(path), `unknown key \`${form}\``, values);
    return null;
  }
  const expressions = textsAt(context, path, written);
  if (expressions === null) return null;
  const wanted = OWN_FORMS[form];
  if (expressions.length !== wanted) {
    const expected = wanted === 1 ? 'one expression' : 'a list of two expressions';
    report(context, 'DAX012', path, `\`${form}\` takes ${expected}`, { expected });
    return null;
  }
  return { name, form, expressions, place: context.source.placeOf(path) };
}

/** Builds the properties that the model declares by name, in the order of the file. */
export function buildProperties(
  context: Context,
  written: ModelFile['properties'],
): readonly OwnProperty[] {
  return Object.entries(written ?? {}).flatMap(([name, entry]) => {
    const path = ['properties', name];
    const place = context.source.keyPlaceOf(path);
    if (typeof entry === 'string') {
      const text = textAt(context, path);
      return text === null ? [] : [{ name, form: 'quiet' as const, expressions: [text], place }];
    }
    const [pair, ...others] = Object.entries(entry);
    if (pair === undefined || others.length > 0) {
      const keys = Object.keys(OWN_FORMS).map((key) => `\`${key}\``);
      report(context, 'DAX017', place, `\`${name}\` is not of one form`, { keys: keys.join(', ') });
      return [];
    }
    const [form, value] = pair;
    const own = buildForm(context, { name, form, path: [...path, form] }, value);
    return own === null ? [] : [{ ...own, place }];
  });
}

/** A property that a file declares and never checks says nothing, and looks as if it did. */
export function reportUnchecked(
  context: Context,
  properties: readonly OwnProperty[],
  check: readonly PropertyRequest[] | null,
): void {
  if (check === null) return;
  for (const { name, place } of properties) {
    if (check.some((request) => request.name === name)) continue;
    report(context, 'DAX324', place, `\`${name}\` is declared, and \`check\` leaves it out`);
  }
}
