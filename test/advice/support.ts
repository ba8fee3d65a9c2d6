/** Scripts and rules on one small machine, as tests need them. */
import {
  checkScripts,
  type ScriptsAnswer,
  type ScriptsOptions,
} from '../../src/advice/checkScripts.ts';
import { composeModel } from '../../src/advice/compose.ts';
import { parseModel } from '../../src/model/load.ts';
import type { Model, SourceText } from '../../src/model/model.ts';

export interface Machine {
  readonly driver?: string;
  readonly blocks?: string;
  readonly policy?: string;
  readonly kernel?: string;
  /** The last byte of dax0.0, in hex. */
  readonly end?: string;
  /** More keys of the machine. */
  readonly more?: string;
}

/** A machine with dax0.0 of two blocks of 128M, memory32 and memory33; of more with `end`. */
export function machine(options: Machine = {}): Model {
  const { driver = 'kmem', blocks, policy = 'offline', kernel = 'v6.12' } = options;
  const { end = '10fffffff', more = '' } = options;
  const states = blocks === undefined ? '' : `, blocks: ${blocks}`;
  const text = `format: 1
title: a machine
kernel: ${kernel}
machine:
  block_size: 128M
  auto_online_blocks: ${policy}
${more}  iomem: |
    00000000-1fffffff : System RAM
    100000000-17fffffff : Soft Reserved
  dax:
    dax0.0: { range: 100000000-${end}, target_node: 1, driver: ${driver}${states} }
`;
  const loaded = parseModel(text, 'machine.yaml', () => {
    throw new Error('no other file is named');
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
  return loaded.model;
}

export const file = (name: string, text: string): SourceText => ({
  text,
  place: { file: name, line: 1, column: 1 },
});

/** The one-liner found in many guests. */
export const ONLINE_RULE = file(
  '80-online.rules',
  'SUBSYSTEM=="memory", ACTION=="add", ATTR{state}=="offline", ATTR{state}="online"\n',
);

interface Asked extends ScriptsOptions {
  readonly on?: Model;
  readonly rules?: readonly SourceText[];
  readonly coldplug?: boolean;
  readonly havoc?: Model['havoc'];
}

/** Checks scripts named a.sh, b.sh. */
export function check(
  scripts: readonly string[],
  { on = machine(), rules = [], coldplug = false, havoc, ...options }: Asked = {},
): Promise<ScriptsAnswer> {
  const names = ['a.sh', 'b.sh', 'c.sh'];
  const { model } = composeModel(on, {
    scripts: scripts.map((text, index) => file(names[index] ?? 'd.sh', text)),
    ...{ rules, coldplug, workers: null, virt: 'none', havoc: havoc ?? null },
  });
  return checkScripts(model, options);
}

/** Names of what was found. */
export const found = ({ verdict }: ScriptsAnswer): readonly string[] =>
  verdict.violations.map(({ finding }) => finding.property);
