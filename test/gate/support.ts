/** Small models for the gate, folders of them, and the published schemas of what it writes. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, onTestFinished } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { gateCommand } from '../../src/cli/gate.ts';
import type { GateOptions } from '../../src/cli/gateOptions.ts';
import { collect } from '../cli/terminal.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Parts of a model that a test changes. */
export interface Wishes {
  readonly kernel?: string;
  readonly actors?: string;
  readonly expect?: string;
  readonly more?: string;
}

/** What unbinding leaves in order on v5.1, and not with the planted bug. */
export const UNBIND = 'echo dax0.0 > /sys/bus/dax/drivers/device_dax/unbind';

/** The planted bug: no-leak is violated. */
export const BUG = '{ base: v5.1, with: [canary] }';

/** A model of two states that holds as it declares. */
export function modelText({
  kernel = 'v5.1',
  actors = `  admin: |\n    ${UNBIND}`,
  expect = 'expect: { holds: true, states: 2, transitions: 1, depth: 1 }',
  more = '',
}: Wishes = {}): string {
  return `format: 1
title: a device is unbound
kernel: ${kernel}
machine:
  block_size: 128M
  iomem: |
    00001000-0009ffff : System RAM
    00100000-7fffffff : System RAM
    140000000-14fffffff : Persistent Memory
  dax:
    dax0.0: { range: 140000000-14fffffff, target_node: 1, driver: device_dax }
actors:
${actors}
${more}${expect}
`;
}

function makeFolder(files: { readonly [name: string]: string }): string {
  const root = mkdtempSync(join(tmpdir(), 'daxcheck-gate-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

/** Makes a folder of files for one test. */
export function folderOf(files: { readonly [name: string]: string }): string {
  const root = makeFolder(files);
  onTestFinished(() => rmSync(root, { recursive: true }));
  return root;
}

/** Makes a folder of files for all tests of a file. */
export function keptFolder(files: { readonly [name: string]: string }): string {
  const root = makeFolder(files);
  afterAll(() => rmSync(root, { recursive: true }));
  return root;
}

/** What a gate said, without the name of the folder. */
export interface Said {
  readonly status: number;
  readonly out: string;
  readonly error: string;
}

/** Runs a gate on a folder; `environment` is that of the process. */
export async function gate(
  root: string,
  options: GateOptions = {},
  environment: { readonly [name: string]: string } = {},
): Promise<Said> {
  const terminal = collect({ environment });
  const status = await gateCommand(root, options, terminal);
  const plain = (text: string): string => text.replaceAll(root, 'ROOT');
  return { status, out: plain(terminal.out()), error: plain(terminal.error()) };
}

/** A line of `gate --json`, as any program reads it. */
export interface JsonLine {
  readonly kind: string;
  readonly [key: string]: unknown;
}

/** Reads JSON lines, and holds each against schema/gate.schema.json. */
export function readLines(out: string): JsonLine[] {
  const schema = JSON.parse(readFileSync(join(ROOT, 'schema', 'gate.schema.json'), 'utf8'));
  const validate = new Ajv2020({ allErrors: true }).compile(schema);
  const lines = out
    .trimEnd()
    .split('\n')
    .map((line): JsonLine => JSON.parse(line));
  for (const line of lines) {
    if (!validate(line)) throw new Error(JSON.stringify([line, validate.errors], null, 2));
  }
  return lines;
}

const schemaText = (name: string): string =>
  readFileSync(new URL(`schemas/${name}`, import.meta.url), 'utf8');

/** Says what is wrong with a SARIF log by the schema of OASIS. */
export function sarifFaults(text: string): readonly unknown[] {
  const ajv = new Ajv({ allErrors: true, strict: false });
  addFormats.default(ajv);
  const validate = ajv.compile(JSON.parse(schemaText('sarif-schema-2.1.0.json')));
  return validate(JSON.parse(text)) ? [] : (validate.errors ?? []);
}

/** Says what is wrong with JUnit XML by its schema. */
export async function junitFaults(text: string): Promise<readonly string[]> {
  const { errors } = await validateXML({
    xml: { fileName: 'gate.xml', contents: text },
    schema: schemaText('junit.xsd'),
  });
  return errors.map(({ message }) => message);
}
