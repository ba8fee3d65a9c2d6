/** What a gate writes for other programs, held against the published schemas. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { beforeAll, describe, expect, it } from 'vitest';
import { exploreCommand } from '../../src/cli/explore.ts';
import { showSarifCommand } from '../../src/cli/sarif.ts';
import { EXIT } from '../../src/errors.ts';
import { printGateJsonSchema } from '../../src/report/gateRecord.ts';
import { invocationOf, issueOf, renderSarif } from '../../src/report/sarif.ts';
import { element, xmlDocument } from '../../src/report/xml.ts';
import { collect } from '../cli/terminal.ts';
import { FC, SEED_TITLE } from '../support/fc.ts';
import {
  BUG,
  folderOf,
  gate,
  junitFaults,
  keptFolder,
  modelText,
  ROOT,
  readLines,
  sarifFaults,
} from './support.ts';

const MODELS = {
  'good.yaml': modelText(),
  'sub/leaks.yaml': modelText({ kernel: BUG, expect: 'expect: { holds: true }' }),
  'sub/counts, and more.yaml': modelText({ expect: 'expect: { holds: true, states: 7 }' }),
  'sub/rejected.yaml': 'format: 1\nnonsense: "<&\\u0007"\n',
  'undeclared.yaml': modelText({ expect: '' }),
};

const root = keptFolder(MODELS);
const file = (name: string): string => join(root, 'out', name);
const read = (name: string): string => readFileSync(file(name), 'utf8');
let said = { out: '', error: '', status: 0 };

beforeAll(async () => {
  const environment = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: join(root, 'summary.md') };
  const options = { junit: file('gate.xml'), sarif: file('gate.sarif') };
  said = await gate(root, options, environment);
});

describe('JUnit XML', () => {
  it('fits the published schema', async () => {
    expect(await junitFaults(read('gate.xml'))).toEqual([]);
  });

  it('is refused by that schema when a test case has no name', async () => {
    const broken = read('gate.xml').replace(/<testcase name="[^"]*"/, '<testcase');

    expect(await junitFaults(broken)).not.toEqual([]);
  });

  it('has a suite for each folder and a case for each model', () => {
    const text = read('gate.xml').replaceAll(root, 'ROOT');

    expect(text).toMatch(/<testsuite id="0" name="ROOT" .*tests="2" failures="1" errors="0"/);
    expect(text).toMatch(/<testsuite id="1" name="ROOT\/sub" .*tests="3" failures="2" errors="1"/);
    expect(text).toContain('<failure message="states: 7 declared, 2 found" type="counts">');
    expect(text).toMatch(/<error message="DAX[^"]*" type="invalid">/);
  });
});

describe(`XML (${SEED_TITLE})`, () => {
  it('says the same to a parser, whatever the text, but for what XML cannot write', () => {
    // What XML 1.0 has no way to write is replaced, and lone surrogates are no text.
    const kept = (text: string): string =>
      text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (value, text) => {
        const seen = { value: '', text: '', isInside: false };
        const parser = new SaxesParser();
        parser.on('opentag', ({ attributes }) => {
          seen.value = String(attributes.value);
          seen.isInside = true;
        });
        parser.on('text', (found) => {
          if (seen.isInside) seen.text += found;
        });
        parser.on('closetag', () => {
          seen.isInside = false;
        });
        parser.write(xmlDocument(element('a', { value }, { text: value + text }))).close();
        expect(seen.value).toBe(kept(value));
        expect(seen.text).toBe(kept(value + text));
      }),
      FC,
    );
  });
});

describe('SARIF', () => {
  const log = () => JSON.parse(read('gate.sarif'));

  it('fits the published schema of OASIS', () => {
    expect(sarifFaults(read('gate.sarif'))).toEqual([]);
  });

  it('is refused by that schema when a result has no message', () => {
    const broken = log();
    delete broken.runs[0].results[0].message;

    expect(sarifFaults(JSON.stringify(broken))).not.toEqual([]);
  });

  it('has a result for each failure, each with its rule', () => {
    const [{ results, tool }] = log().runs;
    const rules = results.map(({ ruleId, ruleIndex }: { ruleId: string; ruleIndex: number }) => {
      expect(tool.driver.rules[ruleIndex].id).toBe(ruleId);
      return ruleId;
    });

    expect(new Set(rules)).toEqual(
      new Set(['gate/counts', 'no-leak', 'gate/invalid', 'gate/undeclared']),
    );
  });

  it('leads through the steps, with the line of the model and the function of the kernel', () => {
    const [{ results }] = log().runs;
    const leak = results.find(({ ruleId }: { ruleId: string }) => ruleId === 'no-leak');
    const [{ threadFlows }] = leak.codeFlows;

    expect(leak.locations[0]).toMatchObject({
      physicalLocation: { region: { startLine: 14 } },
      logicalLocations: [{ name: 'dev_dax_remove', kind: 'function' }],
    });
    expect(threadFlows).toMatchObject([
      {
        id: 'admin',
        locations: [
          {
            executionOrder: 1,
            location: {
              physicalLocation: { region: { startLine: 14 } },
              logicalLocations: [{ fullyQualifiedName: 'drivers/dax/device.c:dev_dax_remove' }],
            },
          },
        ],
      },
    ]);
  });

  it('keeps its fingerprints where lines have moved, and on another machine', () => {
    const [{ results }] = log().runs;
    const found = (directory: string, line: number): string => {
      const place = { file: join(directory, 'a.yaml'), line, column: 1 };
      const step = { thread: 'admin', command: 'x', place, starts: true, functions: ['f'] };
      const steps = [{ ...step, source: null, events: [], takesLock: false, releasesLock: false }];
      const about = { model: place.file, kernel: 'v5.1', property: 'no-leak', device: null };
      const rest = { class: 'kernel-defect', summary: 'it leaks', inevitableAt: 0, steps } as const;
      const issue = issueOf({ ...about, ...rest });
      const text = renderSarif([issue], invocationOf(12, 0), { version: '0.1.0', directory });
      expect(sarifFaults(text)).toEqual([]);
      return JSON.parse(text).runs[0].results[0].partialFingerprints['daxcheckFinding/v1'];
    };

    expect(found('/here', 3)).toBe(found('/there/and/there', 30));
    expect(found('/here', 3)).not.toBe(results[0].partialFingerprints['daxcheckFinding/v1']);
  });
});

describe('GitHub', () => {
  it('gets an annotation for each failure, escaped', () => {
    const lines = said.out.split('\n').filter((line) => line.startsWith('::'));

    expect(lines).toContainEqual(
      '::error file=ROOT/sub/counts%2C and more.yaml,line=15,col=1,' +
        'title=daxcheck%3A counts%3A ROOT/sub/counts%2C and more.yaml::' +
        'states: 7 declared, 2 found',
    );
    expect(lines.find((line) => line.includes('title=daxcheck%3A invalid'))).toContain('%0A');
  });

  it('gets a summary of the job, in which nothing of a model is markdown', () => {
    const text = readFileSync(join(root, 'summary.md'), 'utf8').replaceAll(root, 'ROOT');

    expect(text).toContain('### daxcheck gate: failed');
    expect(text).toContain('1 of 5 models as declared; failed: 1 violated, 1 counts');
    expect(text).toContain('| violated | the violation &#96;no-leak&#96; was found');
  });

  it('gets nothing where the environment does not name it, or it is not wanted', async () => {
    const environment = { GITHUB_ACTIONS: 'true' };
    const here = folderOf({ 'undeclared.yaml': MODELS['undeclared.yaml'] });

    expect((await gate(here, { github: false }, environment)).out).not.toContain('::error');
    expect((await gate(here)).out).not.toContain('::error');
  });

  it('gets annotations on stderr where stdout is JSON', async () => {
    const here = folderOf({ 'undeclared.yaml': MODELS['undeclared.yaml'] });
    const { out, error } = await gate(here, { github: true, json: true });

    expect(readLines(out)).toHaveLength(2);
    expect(error).toMatch(/^::error /);
  });
});

describe('the JSON Schema of the lines', () => {
  it('is the one in schema/gate.schema.json (npm run schema writes it)', () => {
    const text = readFileSync(join(ROOT, 'schema', 'gate.schema.json'), 'utf8');

    expect(text).toBe(printGateJsonSchema());
  });

  it('refuses a line that the gate never prints', () => {
    expect(() => readLines('{"kind":"model"}\n')).toThrow('must have required property');
  });
});

describe('one violation as SARIF', () => {
  it('is written by explore and by show, and fits the published schema', async () => {
    const here = folderOf({ 'model.yaml': MODELS['sub/leaks.yaml'] });
    const terminal = collect();
    const sarif = join(here, 'explore.sarif');
    const options = { sarif, traceDir: join(here, 'traces'), workers: 1 };
    const status = await exploreCommand([join(here, 'model.yaml')], options, terminal);
    const trace = join(here, 'traces', 'model.no-leak.itf.json');
    const shown = { sarif: join(here, 'show.sarif') };
    const [first, second] = [sarif, shown.sarif].map(
      (name) => () => JSON.parse(readFileSync(name, 'utf8')).runs[0],
    );

    expect(status).toBe(EXIT.invariantViolated);
    expect(showSarifCommand(trace, shown, terminal)).toBe(EXIT.holds);
    expect(sarifFaults(readFileSync(sarif, 'utf8'))).toEqual([]);
    expect(first?.().results).toHaveLength(1);
    expect(second?.().results).toEqual(first?.().results);
    expect(first?.().invocations).toEqual([{ executionSuccessful: true, exitCode: 12 }]);
  });
});
