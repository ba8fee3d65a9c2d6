/**
 * What the gate says, as data: the lines of `gate --json`, whose JSON Schema is
 * schema/gate.schema.json (npm run schema writes it).
 */
import * as z from 'zod';

/** Why a model fails the gate; docs/ci.md defines each. */
export const FAILURE_KINDS = [
  'violated',
  'held',
  'counts',
  'vacuous',
  'incomplete',
  'invalid',
  'undeclared',
  'drift',
  'error',
  'crashed',
] as const;

const count = z.int().min(0);
const place = z.object({ file: z.string(), line: z.int().min(1), column: z.int().min(1) });
const measured = z.object({ seconds: z.number().min(0) });

const failure = z
  .object({
    kind: z.enum(FAILURE_KINDS),
    text: z.string().describe('one sentence, or several lines for faults of a model'),
    place: place.describe('where to look: a line of the model, or of a file that it names'),
    property: z.string().nullable().describe('the property that it is about'),
  })
  .describe('one reason for which a model fails');

export const modelLine = z
  .object({
    kind: z.literal('model'),
    model: z.string(),
    met: z.boolean(),
    failures: z.array(failure).describe('empty when the model is as declared'),
    exitStatus: count.describe('what this model alone makes of the exit status'),
    verdict: z.enum([
      'holds',
      'violated',
      'findings',
      'incomplete',
      'vacuous',
      'rejected',
      'error',
      'crashed',
      'gone',
    ]),
    kernel: z.string().nullable().describe('null where nothing was explored'),
    distinctStates: count,
    transitions: count,
    depth: count,
    violated: z.array(z.string()).describe('violated properties, such as recoverable(dax0.0)'),
    findings: z.array(z.string()).describe('the same of script findings'),
    vacuous: z.array(z.string()).describe('what the search never did'),
    measured,
  })
  .describe('one model');

export const baselineLine = z
  .object({
    kind: z.literal('baseline'),
    file: z.string(),
    changes: z.array(z.string()).describe('what was written otherwise than it was'),
  })
  .describe('the baseline was written (--update)');

export const gateLine = z
  .object({
    kind: z.literal('gate'),
    directory: z.string(),
    models: count.describe('how many were explored'),
    met: count,
    failures: z
      .partialRecord(z.enum(FAILURE_KINDS), z.int().min(1))
      .describe('how many models have a failure of that kind'),
    notRun: count.describe('models left out by --fail-fast or an interrupt'),
    skipped: count.describe('models left out by --filter and --changed'),
    exitStatus: count,
    measured: z.object({ seconds: z.number().min(0), jobs: count.describe('models at a time') }),
  })
  .describe('the whole, as the last line');

/** One line of `gate --json`. */
export const gateJsonLine = z.discriminatedUnion('kind', [modelLine, baselineLine, gateLine]);

export type FailureKind = (typeof FAILURE_KINDS)[number];
export type Failure = Readonly<z.infer<typeof failure>>;
export type GateRow = Readonly<z.infer<typeof modelLine>>;
export type BaselineLine = Readonly<z.infer<typeof baselineLine>>;
export type GateSummary = Readonly<z.infer<typeof gateLine>>;

/** Everything that a run of the gate has to tell. */
export interface GateReport {
  readonly rows: readonly GateRow[];
  readonly summary: GateSummary;
  /** null unless a baseline was written. */
  readonly baseline: BaselineLine | null;
}

/** Prints the JSON Schema of a line, as the file schema/gate.schema.json holds it. */
export function printGateJsonSchema(): string {
  const { $schema, ...rest } = z.toJSONSchema(gateJsonLine);
  const schema = { $schema, title: 'a line of daxcheck gate --json', ...rest };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** Counts the models that have a failure of each kind. */
export function countFailures(rows: readonly GateRow[]): GateSummary['failures'] {
  const counted: GateSummary['failures'] = {};
  for (const kind of FAILURE_KINDS) {
    const number = rows.filter((row) => row.failures.some((one) => one.kind === kind)).length;
    if (number > 0) counted[kind] = number;
  }
  return counted;
}
