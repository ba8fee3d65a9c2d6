/**
 * The model file's shape as JSON Schema, for editors and for hints.
 */
import * as z from 'zod';
import { modelSchema } from './schema.js';

/** Builds the JSON Schema (draft 2020-12) of a model file. */
export function modelJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(modelSchema, { io: 'input' });
  return { $schema, title: 'daxcheck model', ...rest };
}

/** Prints the JSON Schema as the file schema/model.schema.json holds it. */
export function printModelJsonSchema(): string {
  return `${JSON.stringify(modelJsonSchema(), null, 2)}\n`;
}

/** Lists the keys that a model file may have at a path, in the order of the schema. */
export function knownKeys(path: readonly PropertyKey[]): string[] {
  let schemas: unknown[] = [modelJsonSchema()];
  for (const step of path)
    schemas = schemas.flatMap(alternatives).flatMap((one) => below(one, step));
  const records = schemas.flatMap(alternatives).map((one) => field(one, 'properties'));
  return [...new Set(records.flatMap((record) => Object.keys(record ?? {})))];
}

function below(schema: unknown, step: PropertyKey): unknown[] {
  const named = field(field(schema, 'properties'), step);
  const other = typeof step === 'number' ? 'items' : 'additionalProperties';
  const found = named ?? field(schema, other);
  return found === undefined ? [] : [found];
}

function alternatives(schema: unknown): unknown[] {
  const options = field(schema, 'anyOf');
  return Array.isArray(options) ? options.flatMap(alternatives) : [schema];
}

function field(value: unknown, key: PropertyKey): object | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const found: unknown = Reflect.get(value, key);
  return typeof found === 'object' && found !== null ? found : undefined;
}
