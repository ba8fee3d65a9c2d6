/**
 * The explorer in a real browser: what it shows of every place is what the same explorer says in
 * Node, whose answers test/explorer compares with replays.
 */
import { request } from 'node:http';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explore } from '../../src/explore.js';
import type { Explorer, Position } from '../../src/explorer/position.js';
import { formatWay, parseWay, type Way } from '../../src/explorer/way.js';
import { renderWayModel } from '../../src/explorer/wayModel.js';
import { htmlReport, runOfVerdict, withExplorer } from '../../src/htmlReport.js';
import type { Model } from '../../src/model/model.js';
import type { ReportRun } from '../../src/report/document.js';
import { type Served, serve } from '../../src/serve.js';
import { modelNamed } from '../explore/models.ts';
import { explorerOf } from '../explorer/explorers.ts';
import { axeFaults, LOOKS, lacksBrowser, openFile, useBrowser, writeReport } from './chromium.ts';
import { shownMachine, texts, toldMachine } from './shownMachine.ts';

const isSkipped = lacksBrowser('the explorer in a browser');

const runOf = async (model: Model): Promise<ReportRun> =>
  withExplorer(runOfVerdict(await explore(model)), model);

/** The way in the page's address. */
function wayIn(page: Page): Way {
  const way = parseWay(new URL(page.url()).hash.replace(/^#x\d+=/, ''));
  if (way === null) throw new Error(`no way in ${page.url()}`);
  return way;
}

/** Waits until the page shows the way of its address. */
async function arrived(page: Page): Promise<void> {
  const count = wayIn(page).ordinals.length;
  const title = count === 0 ? 'Start' : `After ${count} step${count === 1 ? '' : 's'}`;
  await page.locator('.explorer .step-title h3', { hasText: title }).waitFor();
}

/** Run in the page: the properties, and the actions with all that is said of them. */
const BADGES = `[...document.querySelectorAll('.property')].map((item) =>
  [item.dataset.property, item.dataset.state])`;
const ACTIONS = `[...document.querySelectorAll('.action')].map((item) => [
  Number(item.dataset.ordinal),
  item.querySelector('.action-text > code').textContent,
  [...item.querySelectorAll('.chip-bad')].map((chip) => chip.textContent),
])`;

/** Expects of the page what Node says of the way in its address. */
async function expectAsInNode(page: Page, explorer: Explorer): Promise<Position> {
  await arrived(page);
  const position = await explorer.visit(wayIn(page));
  const order = ['violated', 'holds', 'unjudged'];
  const badges = order.flatMap((state) => position.badges.filter((badge) => badge.state === state));
  const threads = [...new Set(position.actions.map(({ step }) => step.thread))];
  const actions = threads.flatMap((thread) =>
    position.actions.filter(({ step }) => step.thread === thread),
  );
  expect(await page.evaluate(BADGES)).toEqual(
    badges.map(({ property, state }) => [property, state]),
  );
  expect(await page.evaluate(ACTIONS)).toEqual(
    actions.map(({ step, label, violates }) => [
      step.ordinal,
      label,
      violates.map((name) => `violates ${name}`),
    ]),
  );
  expect(await shownMachine(page)).toEqual(toldMachine(position.machine));
  return position;
}

describe.skipIf(isSkipped)('the explorer in a browser', () => {
  const suite = useBrowser('explorer', isSkipped);
  const { folder, browser } = suite;

  async function open(
    model: string,
    hash: string,
    job: (page: Page, explorer: Explorer) => Promise<void>,
  ): Promise<void> {
    const html = htmlReport([await runOf(modelNamed(model))]);
    const { explorer } = explorerOf(modelNamed(model));
    await suite.open(model.replace(/\W+/g, '-'), html, (page) => job(page, explorer), hash);
  }

  it('leaves a counterexample by another action, and goes back', async () => {
    await open('lifecycle/script-loses-device.yaml', '#v1s2', async (page, explorer) => {
      await page.keyboard.press('m');
      await page.getByText('Explore from here').click();
      const start = await expectAsInNode(page, explorer);
      expect(start.way.ordinals).toEqual([0, 0]);
      // The way of the counterexample is marked; the other one is taken.
      expect(await page.locator('.action', { hasText: 'as in 1 recoverable' }).count()).toBe(1);
      await page.locator('.action').filter({ hasNotText: 'as in 1' }).first().click();
      const other = await expectAsInNode(page, explorer);
      expect(other.steps.at(-1)?.thread).toBe('admin');
      await page.keyboard.press('1');
      await expectAsInNode(page, explorer);
      await page.goBack();
      expect(wayIn(page)).toEqual(other.way);
      await expectAsInNode(page, explorer);
      // The step that was left stays in the timeline, and can be gone on to.
      await page.keyboard.press('j');
      await expectAsInNode(page, explorer);
      expect(wayIn(page).ordinals).toHaveLength(4);
      await page.keyboard.press('Home');
      await expectAsInNode(page, explorer);
      expect(wayIn(page).ordinals).toEqual([]);
      expect(await page.locator('.timeline [data-step]').count()).toBe(5);
    });
  });

  it.each([
    ['bugs/dl6-delete-against-unbind.yaml', 'violated no-deadlock'],
    ['bugs/kmem-addfail-leak.yaml', 'violated rollback'],
    ['bugs/soft-reserved-double.yaml', 'violated no-overlap'],
    ['lifecycle/script-loses-device.yaml', 'violated recoverable(dax0.0)'],
  ])('shows at every step to the end of %s what Node says', async (model, ending) => {
    const [trace] = (await explore(modelNamed(model))).violations;
    const ordinals = trace?.steps.map(({ ordinal }) => ordinal) ?? [];
    await open(model, '#x1', async (page, explorer) => {
      await page.keyboard.press('m');
      await page.locator('.action').first().waitFor();
      for (const length of ordinals.keys()) {
        await page.locator(`.action[data-ordinal="${ordinals[length]}"]`).click();
        expect(wayIn(page).ordinals).toEqual(ordinals.slice(0, length + 1));
        await expectAsInNode(page, explorer);
      }
      const chips = await texts(page, '.step-title .chip-bad');
      expect(chips.map((text) => text.replace('✗', 'violated'))).toContain(ending);
    });
  });

  it('judges properties of the model in the page', async () => {
    await open('properties/own.yaml', '#x1', async (page, explorer) => {
      await page.keyboard.press('m');
      await page.locator('.action').first().waitFor();
      // To the end of the model's only script.
      while ((await page.locator('.action').count()) > 0) {
        await page.locator('.action').last().click();
        await expectAsInNode(page, explorer);
      }
      expect(wayIn(page).ordinals.length).toBeGreaterThan(0);
    });
  });

  it('copies the way as a model and as a script', async () => {
    const name = 'lifecycle/script-loses-device.yaml';
    await open(name, '#x1=0:0.0.1.1.1.1.1.0', async (page) => {
      await arrived(page);
      const { explorer, head } = explorerOf(modelNamed(name));
      const position = await explorer.visit(wayIn(page));
      await page.getByText('Copy as a model').click();
      const text = page.locator('dialog textarea');
      expect(await text.inputValue()).toBe(head === null ? '' : renderWayModel(head, position));
      await page.keyboard.press('Escape');
      await page.getByText('Copy as a script').click();
      expect(await text.inputValue()).toContain('echo dax0.0 > /sys/bus/dax/drivers/kmem/unbind');
      // Digits are typed into what is open, not into the page behind it.
      await page.keyboard.press('1');
      expect(wayIn(page)).toEqual(position.way);
      await page.getByRole('button', { name: 'Close' }).click();
      expect(await page.locator('dialog[open]').count()).toBe(0);
    });
  });

  it('says where an address has steps that the model has not', async () => {
    await open('lifecycle/script-loses-device.yaml', '#x1=0:0.99.1', async (page) => {
      await page.locator('.note', { hasText: 'steps that this model does not have' }).waitFor();
      expect(await texts(page, '.step-title h3')).toEqual(['After 1 step']);
    });
  });

  it('is left out where nobody wants it', async () => {
    const run = runOfVerdict(await explore(modelNamed('lifecycle/readme.yaml')));
    await suite.open(
      'without',
      htmlReport([run]),
      async (page) => {
        expect(await texts(page, '.tabs a')).not.toContain('Explorer');
        expect(await page.locator('.summary').count()).toBe(1);
      },
      '#x1',
    );
  });

  it('adds less than 150 kB to a report, and a report of 40 steps stays below 1 MB', async () => {
    const model = modelNamed('bugs/soft-reserved-double.yaml');
    const run = runOfVerdict(await explore(model));
    const [entry] = run.traces;
    if (entry === undefined) throw new Error('nothing is violated');
    const steps = Array.from({ length: 40 }, (_, at) => entry.trace.steps[at % 35]).flatMap(
      (step) => step ?? [],
    );
    const long = { ...run, traces: [{ ...entry, trace: { ...entry.trace, steps } }] };
    const [with_, without] = [htmlReport([withExplorer(long, model)]), htmlReport([long])];
    expect(with_.length).toBeLessThan(1_000_000);
    expect(with_.length - without.length).toBeLessThan(150_000);
    const file = writeReport(folder, 'long', with_);
    const { page, context } = await openFile(browser(), file);
    const ready = await page.locator('html').getAttribute('data-ready-after');
    process.stdout.write(`a report of 40 steps: ${with_.length} bytes, ready after ${ready} ms\n`);
    await context.close();
  });

  it.each(LOOKS)('has no serious fault: $width pixels, $theme', async (look) => {
    const models = ['bugs/dl6-delete-against-unbind.yaml', 'lifecycle/script-loses-device.yaml'];
    const runs = [];
    for (const model of models) runs.push(await runOf(modelNamed(model)));
    const file = writeReport(folder, 'looks', htmlReport(runs));
    const { page, context, faults } = await openFile(browser(), file, look, '#v1s3');
    for (const hash of ['x1=0:0.1.1.0.0.0.0.0.0.0.0.0.0', 'x2=0:0.0.1.1.1.1.1', 'v2s2']) {
      await page.goto(page.url().replace(/#.*$/, '').concat(`#${hash}`));
      if (hash.startsWith('x')) await arrived(page);
      const name = `${hash.replace(/\W.*/, '')}-${look.width}-${look.theme}.png`;
      await page.screenshot({
        path: join(folder, 'screenshots', name),
        fullPage: look.width < 600,
      });
      expect(await axeFaults(page)).toEqual([]);
      const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect(overflow).toBe(0);
    }
    await page.goto(page.url().replace(/#.*$/, '#x2=0:0.0.1'));
    await arrived(page);
    await page.getByText('Copy as a model').click();
    const name = `copy-${look.width}-${look.theme}.png`;
    await page.screenshot({ path: join(folder, 'screenshots', name) });
    expect(await axeFaults(page)).toEqual([]);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('is served for models that are explored on demand', async () => {
    const name = 'lifecycle/any-daxctl.yaml';
    const models = [modelNamed('bugs/dl6-delete-against-unbind.yaml'), modelNamed(name)];
    const served = await serve(models, 0);
    const page = await browser().newPage();
    const faults: string[] = [];
    page.on('console', (message) => faults.push(message.text()));
    page.on('pageerror', (error) => faults.push(error.message));
    await page.goto(`${served.url}#x2`);
    await page.keyboard.press('m');
    await page.locator('.action').first().waitFor();
    const { explorer } = explorerOf(modelNamed(name));
    for (let step = 0; step < 3; step++) {
      await page.locator('.action').last().click();
      await expectAsInNode(page, explorer);
    }
    expect(await texts(page, '.tabs a')).toEqual(['Explorer 1', 'Explorer 2']);
    await page.getByText('Copy as a model').click();
    expect(await page.locator('dialog textarea').inputValue()).toContain(formatWay(wayIn(page)));
    expect(faults).toEqual([]);
    await page.close();
    await served.close();
  });
});

/** Asks what is served, with any headers. */
function ask(
  { url }: Served,
  path: string,
  options: { readonly method?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(new URL(path, url), options, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() });
      });
    });
    asked.on('error', reject);
    asked.end();
  });
}

describe('what is served', () => {
  let served: Served;

  beforeAll(async () => {
    served = await serve([modelNamed('lifecycle/script-loses-device.yaml')], 0);
  });

  afterAll(() => served.close());

  it('is the page and its answers', async () => {
    expect(served.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    expect((await ask(served, '/')).text).toMatch(/^<!doctype html>/);
    const { status, text } = await ask(served, '/position?run=0&way=0:0.0&most=1');
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ isCut: false, way: { ordinals: [0, 0] } });
  });

  it.each([
    ['/x', 404, 'nothing is at /x'],
    ['/position?way=0:', 400, 'expected run'],
    ['/position?run=7&way=0:', 400, 'expected run'],
    ['/position?run=0&way=there', 400, 'expected way'],
  ])('does not answer %s', async (path, status, text) => {
    const answer = await ask(served, path);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(text);
  });

  it('is for this machine and this site alone', async () => {
    const other = { headers: { host: 'example.org' } };
    expect(await ask(served, '/', other)).toMatchObject({ status: 403 });
    const embedded = { headers: { 'sec-fetch-site': 'cross-site' } };
    expect(await ask(served, '/', embedded)).toMatchObject({ status: 403 });
    expect(await ask(served, '/', { method: 'POST' })).toMatchObject({ status: 405 });
  });
});
