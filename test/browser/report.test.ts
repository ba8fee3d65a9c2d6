/**
 * HTML reports in a real browser: of each kind, stepped through by keyboard, compared with the
 * trace, and looked at for what a reader with a small screen, a dark one, or none would miss.
 */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cover } from '../../src/coverage.js';
import { explore } from '../../src/explore.js';
import { htmlReport, runOfTrace, runOfVerdict } from '../../src/htmlReport.js';
import { loadModel } from '../../src/loadModel.js';
import { formatIomemLine } from '../../src/report/iomemDiff.js';
import { hashModelText, renderItf } from '../../src/report/itf.js';
import { parseItf } from '../../src/report/itfRead.js';
import { formatResult, onOneLine } from '../../src/report/layout.js';
import { machineDelta } from '../../src/report/machineDelta.js';
import { sectionsOf } from '../../src/reportSections.js';
import type { MachineView, Trace, Verdict } from '../../src/verdict/trace.js';
import { modelNamed } from '../explore/models.ts';
import { axeFaults, LOOKS, lacksBrowser, openFile, useBrowser, writeReport } from './chromium.ts';
import { shownMachine, texts, toldMachine } from './shownMachine.ts';

const isSkipped = lacksBrowser('reports in a browser');

async function verdictOf(model: string): Promise<Verdict> {
  const loaded = loadModel(model);
  if (!loaded.ok) throw new Error(`${model}: ${loaded.diagnostics[0]?.message}`);
  return explore(loaded.model);
}

/** A trace as its file tells it. */
function throughFile(trace: Trace): Trace {
  const origin = { modelHash: hashModelText(''), initial: 0 };
  const reading = parseItf(renderItf(trace, origin), 'trace.itf.json');
  if (!reading.ok) throw new Error(reading.diagnostics[0]?.message);
  return reading.trace;
}

/** The trace of the only violation of a model. */
async function traceOf(model: string): Promise<Trace> {
  const [trace] = (await verdictOf(model)).violations;
  if (trace === undefined) throw new Error(`${model}: nothing is violated`);
  return throughFile(trace);
}

/** Lines of what a step changed, as the page writes them. */
function toldChanges(before: MachineView, after: MachineView): readonly string[] {
  const { iomem, changes } = machineDelta(before, after);
  return [
    ...iomem.map(({ op, line }) => `${op === 'add' ? '+' : '−'}${formatIomemLine(line).trim()}`),
    ...changes.map((change) => `→${change}`),
  ];
}

/** Run in the page. */
const INK_OF_GRAPH = `getComputedStyle(document.querySelector('#state-graph svg text')).fill`;

describe.skipIf(isSkipped)('a report in a browser', () => {
  const { folder, browser, open } = useBrowser('report', isSkipped);

  it.each([
    'models/bugs/toctou-unbind.yaml',
    'models/bugs/dl6-delete-against-unbind.yaml',
    'models/bugs/daxctl-policy.yaml',
    'models/lifecycle/readme.yaml',
    'models/properties/leads-to.yaml',
  ])('shows at every step of %s what the trace file says', async (model) => {
    const trace = await traceOf(model);
    const html = htmlReport([runOfTrace(trace)]);
    await open(
      model.replace(/\W+/g, '-'),
      html,
      async (page) => {
        // The whole map; without lines that are left out there is no such choice.
        await page.keyboard.press('m');
        expect(await shownMachine(page)).toEqual(toldMachine(trace.initial));
        for (const [index, step] of trace.steps.entries()) {
          await page.keyboard.press('j');
          expect(page.url()).toContain(`#v1s${index + 1}`);
          expect(await texts(page, '.step-title h3')).toEqual([
            `Step ${index + 1} of ${trace.steps.length}`,
          ]);
          expect(await shownMachine(page)).toEqual(toldMachine(step.after));
          const before = trace.steps[index - 1]?.after ?? trace.initial;
          expect(await texts(page, '.changes .line')).toEqual(toldChanges(before, step.after));
          expect(await texts(page, '.calls code')).toEqual(
            step.functions.map((name) => `${name}()`),
          );
          const shell =
            step.command === null ? [] : [`${step.thread}$ ${onOneLine(step.command.text)}`];
          const shown = await texts(page, '.command .shell');
          expect(shown.map((text) => text.replace(/\s+\(continues\)$/, ''))).toEqual(shell);
          const result = step.events.findLast(({ kind }) => kind === 'return');
          const returned = result?.kind === 'return' ? formatResult(result.result) : 'under way';
          const chips = await texts(page, '.command-foot .chip');
          expect(chips).toEqual(step.command === null ? [] : [returned]);
          expect(await page.locator('[aria-current="step"]').getAttribute('data-step')).toBe(
            String(index + 1),
          );
        }
      },
      '#v1s0',
    );
  });

  it('goes by keyboard to where each key says', async () => {
    const trace = await traceOf('models/bugs/dl6-delete-against-unbind.yaml');
    const last = trace.steps.length;
    const inevitable = (trace.inevitableAt ?? 0) + 1;
    await open('keys', htmlReport([runOfTrace(trace)]), async (page) => {
      const at = async (key: string): Promise<string> => {
        await page.keyboard.press(key);
        return new URL(page.url()).hash;
      };
      expect(await at('Home')).toBe('#v1s0');
      expect(await at('k')).toBe('#v1s0');
      expect(await at('ArrowDown')).toBe('#v1s1');
      expect(await at('ArrowRight')).toBe('#v1s2');
      expect(await at('ArrowUp')).toBe('#v1s1');
      expect(await at('End')).toBe(`#v1s${last}`);
      expect(await at('j')).toBe(`#v1s${last}`);
      expect(await at('i')).toBe(`#v1s${inevitable}`);
      await page.keyboard.press('?');
      expect(await page.locator('dialog').isVisible()).toBe(true);
      await page.keyboard.press('Escape');
      expect(await page.locator('dialog').isVisible()).toBe(false);
      // Arrows scroll where the focus is in something that scrolls; letters still step.
      await page.locator('.pane-machine').focus();
      expect(await at('ArrowDown')).toBe(`#v1s${inevitable}`);
      expect(await at('j')).toBe(`#v1s${inevitable + 1}`);
      expect(await texts(page, '#live')).toEqual([expect.stringContaining('The outcome is')]);
    });
  });

  it('keeps the theme that the reader chose', async () => {
    const html = htmlReport([runOfTrace(await traceOf('models/properties/leads-to.yaml'))]);
    await open('theme', html, async (page) => {
      const ground = (): Promise<string> =>
        page.evaluate('getComputedStyle(document.body).backgroundColor');
      const light = await ground();
      await page.locator('#theme').click();
      const dark = await ground();
      expect(dark).not.toBe(light);
      expect(await page.locator('#theme').textContent()).toBe('Light');
      await page.reload();
      expect(await ground()).toBe(dark);
    });
  });

  it('shows a deadlock: the bars, the cycle, and since when it was inevitable', async () => {
    const trace = await traceOf('models/bugs/dl6-delete-against-unbind.yaml');
    const html = htmlReport([runOfTrace(trace)]);
    await open(
      'deadlock',
      html,
      async (page) => {
        await page.keyboard.press('End');
        expect(await texts(page, '.cycle')).toEqual([
          'deleter waits for → device_lock(hmem.0) held by → unbinder waits for → ' +
            's_active(hmem.0/dax_region/delete) held by → deleter',
        ]);
        const bars = await page.locator('.bar').all();
        const labels = await Promise.all(bars.map((bar) => bar.getAttribute('aria-label')));
        expect(labels).toContain('unbinder holds device_lock(hmem.0), steps 3 to 13');
        expect(labels).toContain('deleter waits for device_lock(hmem.0), steps 3 to 13');
        expect(await texts(page, '.mark')).toEqual(['After step 3 the outcome is inevitable']);
      },
      '#v1',
    );
  });

  it('marks where a behaviour is repeated for ever', async () => {
    const trace = await traceOf('models/bugs/toctou-unbind.yaml');
    const html = htmlReport([runOfTrace({ ...trace, loopFrom: 4 })]);
    await open('lasso', html, async (page) => {
      expect(await texts(page, '.mark-loop')).toEqual([
        'The steps from here on are repeated for ever',
      ]);
    });
  });

  it('shows a verdict that holds, with its scope and nothing to step through', async () => {
    const verdict = await verdictOf('models/lifecycle/script-keeps-device.yaml');
    await open('holds', htmlReport([runOfVerdict(verdict)]), async (page) => {
      expect(await texts(page, '.badge')).toEqual(['Holds']);
      expect(await texts(page, '.names code')).toEqual([...verdict.held, ...verdict.vacuous]);
      expect(await page.locator('main').textContent()).toContain(verdict.scope);
      expect(await page.locator('.finding').count()).toBe(0);
      await page.keyboard.press('j');
      expect(await texts(page, '.badge')).toEqual(['Holds']);
    });
  });

  it('shows several counterexamples of several models, and what nothing names', async () => {
    const models = ['bugs/toctou-unbind', 'bugs/daxctl-policy', 'lifecycle/script-keeps-device'];
    const verdicts = [];
    for (const model of models) verdicts.push(await verdictOf(`models/${model}.yaml`));
    const count = verdicts.flatMap(({ violations }) => violations).length;
    expect(count).toBe(2);
    await open(
      'several',
      htmlReport(verdicts.map(runOfVerdict)),
      async (page) => {
        // An address that names no behaviour is the summary.
        expect(await page.locator('.run').count()).toBe(3);
        await page.locator('.finding').nth(1).click();
        expect(page.url()).toContain('#v2');
        expect(await texts(page, '.trace-head .badge')).toEqual(['Finding']);
        await page.keyboard.press('[');
        expect(await texts(page, '.trace-head .badge')).toEqual(['Violated']);
        await page.keyboard.press(']');
        await page.keyboard.press('s');
        expect(await page.locator('.run').count()).toBe(3);
        await page.goBack();
      },
      '#v9s3',
    );
  });

  it('shows the sections of a run: graph, growth, coverage, capacity', async () => {
    const model = modelNamed('lifecycle/readme.yaml');
    const verdict = await explore(model);
    const sections = sectionsOf(model, verdict, { coverage: await cover(model), run: 0 });
    expect(sections.map(({ id }) => id)).toEqual(['state-graph', 'growth', 'coverage', 'capacity']);
    const html = htmlReport([{ ...runOfVerdict(verdict), sections }]);
    await open('sections', html, async (page) => {
      for (const { id, title, text, svg, lines } of sections) {
        const section = page.locator(`section#${id}`);
        expect(await section.locator('h3').textContent()).toBe(title);
        expect(await section.textContent()).toContain(text);
        expect(await section.locator('svg').count()).toBe(svg === undefined ? 0 : 1);
        const shown = await section.locator('pre').allTextContents();
        expect(shown).toEqual(lines === undefined ? [] : [lines.join('\n')]);
      }
      // Each box of the graph is there, and its words have the page's colour.
      const graph = page.locator('section#state-graph');
      const boxes = sections[0]?.svg?.match(/<rect/g)?.length;
      expect(await graph.locator('svg rect').count()).toBe(boxes);
      const ink = await page.evaluate(INK_OF_GRAPH);
      expect(ink).toBe(
        await page.evaluate("getComputedStyle(document.querySelector('.faint')).color"),
      );
      // As large as it was drawn, or as a whole.
      const frame = graph.locator('.picture');
      const isWider = (): Promise<boolean> =>
        frame.evaluate((element) => element.scrollWidth > element.clientWidth);
      if (await isWider()) {
        await graph.getByRole('button', { name: 'as a whole' }).click();
        expect(await isWider()).toBe(false);
      }
      expect(await axeFaults(page)).toEqual([]);
    });
  });

  it('groups the blocks of a machine that has thousands', async () => {
    const trace = await traceOf('models/bugs/toctou-unbind.yaml');
    const block = { state: 'online', zones: 'Movable', device: 'dax0.0' } as const;
    const blocks = Array.from({ length: 4096 }, (_, index) => ({ ...block, index }));
    const off = blocks.map((one) =>
      one.index === 7 ? { ...one, state: 'offline' as const, zones: 'Movable' } : one,
    );
    const steps = trace.steps.map((step, at) => ({
      ...step,
      after: { ...step.after, blocks: at < 3 ? blocks : off },
    }));
    const html = htmlReport([
      runOfTrace({ ...trace, initial: { ...trace.initial, blocks }, steps }),
    ]);
    expect(html.length).toBeLessThan(1_000_000);
    await open(
      'thousands',
      html,
      async (page) => {
        expect(await texts(page, '.cell')).toEqual([
          'memory0–6M7 × online Movable',
          '7Fofflinewas online Movable',
          'memory8–4095M4088 × online Movable',
        ]);
      },
      '#v1s4',
    );
  });

  it('is small and soon there, also with 95 steps', async () => {
    const verdict = await verdictOf('models/bugs/hmat-notifier-deadlock.yaml');
    const html = htmlReport([runOfVerdict(verdict)]);
    expect(verdict.violations[0]?.steps.length).toBeGreaterThan(40);
    expect(html.length).toBeLessThan(1_000_000);
    await open(
      'long',
      html,
      async (page) => {
        const ready = await page.locator('html').getAttribute('data-ready-after');
        const { length } = verdict.violations[0]?.steps ?? [];
        process.stdout.write(`report of ${length} steps: ${html.length} bytes, ${ready} ms\n`);
        expect(await page.locator('.step').count()).toBe(length + 1);
      },
      '#v1',
    );
  });

  it.each(LOOKS)('has no serious fault for readers, at $width in $theme', async (look) => {
    const models = ['bugs/toctou-unbind', 'bugs/dl6-delete-against-unbind', 'properties/leads-to'];
    const verdicts = [];
    for (const model of models) verdicts.push(await verdictOf(`models/${model}.yaml`));
    const file = writeReport(folder, 'looks', htmlReport(verdicts.map(runOfVerdict)));
    const { page, context, faults } = await openFile(browser(), file, look);
    for (const hash of ['summary', 'v1s11', 'v2s13', 'v3s1']) {
      await page.goto(page.url().replace(/#.*$/, '').concat(`#${hash}`));
      const name = `${hash}-${look.width}-${look.theme}.png`;
      await page.screenshot({ path: join(folder, 'screenshots', name) });
      expect(await axeFaults(page)).toEqual([]);
      const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect(overflow).toBe(0);
    }
    expect(faults).toEqual([]);
    await context.close();
  });
});
