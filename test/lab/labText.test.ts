/** What the lab prints: a trace that was played, a guest that came up, the facts of a kernel. */
import { describe, expect, it } from 'vitest';
import { factLines, type KernelFacts, kernelFacts } from '../../src/lab/facts.js';
import type { Sighting } from '../../src/lab/outcome.js';
import { type PlayedReport, renderPlayed } from '../../src/lab/playedText.js';
import { type PlayedCommand, playCommands } from '../../src/lab/playTrace.js';
import type { Bench } from '../../src/lab/up.js';
import { renderUp } from '../../src/lab/upText.js';
import { createStyle, PLAIN } from '../../src/report/style.js';
import { modelSubject } from './modelSubject.js';
import {
  BIND,
  crashOf,
  MAP,
  MOVABLE,
  menuOf,
  SIZE,
  scriptOf,
  smallModel,
  traced,
  UNBIND,
} from './playFixtures.js';

const FACTS: KernelFacts = {
  release: '6.12.117+deb12-amd64',
  package: 'linux-image-6.12.117+deb12-amd64 6.12.117-1~deb12u1',
  features: 'v6.12.117, from Debian package 6.12.117-1~deb12u1',
  parameters: 'memmap=0x18000000%0x100000000-1+0xefffffff',
  accelerator: 'tcg',
  CONFIG_DEV_DAX: 'm',
  CONFIG_KASAN: 'n',
};

const LINES = [BIND, SIZE, MOVABLE, UNBIND];
const subjectOf = menuOf(LINES);

const reportOf = (commands: readonly PlayedCommand[]): PlayedReport => ({
  kind: 'lab-replay',
  property: 'to-the-end',
  reproduced: commands.every(({ real, differences }) => real !== null && differences.length === 0),
  kernel: '6.12.117+deb12-amd64',
  predictedFor: 'v6.12.117',
  facts: FACTS,
  commands,
  console: [],
});

const initial = (): Promise<Sighting> => modelSubject(subjectOf).look();

describe('a trace that was played', () => {
  it('shows what each command did, and that the model said so', async () => {
    const commands = await traced(smallModel(scriptOf(LINES)));
    const played = await playCommands(modelSubject(subjectOf), commands);

    expect(renderPlayed(reportOf(played), await initial(), PLAIN)).toMatchSnapshot();
  });

  it('shows the differences, with listings as they are, and what was not played', async () => {
    const commands = await traced(smallModel(scriptOf(LINES)));
    const subject = modelSubject(subjectOf, ({ text, outcome }) => {
      const { after } = outcome;
      if (text === SIZE) return { ...outcome, result: 'EIO', value: null };
      if (text !== MOVABLE || after === null) return outcome;
      const seen = { ...after, iomem: after.iomem.slice(0, 2) };
      return { ...outcome, result: 'stuck', messages: ['INFO: task blocked'], after: seen };
    });
    const played = await playCommands(subject, commands);
    const text = renderPlayed(reportOf(played), await initial(), PLAIN);

    expect(text).toMatchSnapshot();
  });

  it('says of a death that memory was misused, and shows the alarm', async () => {
    const script = [BIND, MAP, UNBIND];
    const commands = await traced(smallModel(crashOf(script)));
    const subject = modelSubject(menuOf(script), ({ text, outcome }) =>
      text === UNBIND ? { ...outcome, result: 'died', messages: [], after: null } : outcome,
    );
    const played = await playCommands(subject, commands);
    const console = [
      'kmem dax0.0: something else',
      'Oops: general protection fault, probably for non-canonical address 0x6b: 0000 [#1]',
      'RIP: 0010:__release_resource+0x1d/0xc0',
      'Call Trace:',
    ];
    const text = renderPlayed({ ...reportOf(played), console }, await initial(), PLAIN);

    expect(text).toMatchSnapshot();
  });

  it('reads the same in colour', async () => {
    const commands = await traced(smallModel(scriptOf(LINES)));
    const report = reportOf(await playCommands(modelSubject(subjectOf), commands));
    const style = createStyle({ color: true });
    const coloured = renderPlayed(report, await initial(), style);

    const codes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');
    expect(coloured.replace(codes, '')).toBe(renderPlayed(report, await initial(), PLAIN));
  });
});

describe('the facts of a kernel', () => {
  const bench = (name: string | null): Bench =>
    ({
      kernel: {
        ...{ release: '6.1.0-56-amd64', banner: '6.1.0-56-amd64 (gcc)', package: name },
        ...{ packageVersion: name && '6.1.192-1', config: new Map([['DEV_DAX', 'm']]) },
      },
      modelled: { name: 'v6.1.192', from: 'Debian package 6.1.192-1' },
      accelerator: 'tcg',
      rig: { parameters: ['a=1', 'b'] },
    }) as unknown as Bench;

  it('name release, package, features, parameters and every option that matters', () => {
    const facts = kernelFacts(bench('linux-image-6.1.0-56-amd64'));
    expect(facts).toMatchObject({
      release: '6.1.0-56-amd64',
      package: 'linux-image-6.1.0-56-amd64 6.1.192-1',
      banner: '6.1.0-56-amd64 (gcc)',
      features: 'v6.1.192, from Debian package 6.1.192-1',
      parameters: 'a=1 b',
      accelerator: 'tcg',
      CONFIG_DEV_DAX: 'm',
      CONFIG_DEV_DAX_KMEM: 'n',
    });
  });

  it('say that a kernel of the user has no package', () => {
    const facts = kernelFacts(bench(null));
    expect(facts.package).toBe('none');
    expect(factLines(facts)[0]).toBe('  kernel        6.1.0-56-amd64 (package none)');
  });
});

describe('a guest that came up', () => {
  it('shows its kernel, and the machine', async () => {
    const report = {
      kind: 'lab-up' as const,
      model: 'model.yaml',
      facts: FACTS,
      machine: await initial(),
      measured: { secondsToSnapshot: 8.04, secondsToReset: 0.256 },
    };
    expect(renderUp(report, PLAIN)).toMatchSnapshot();
  });
});
