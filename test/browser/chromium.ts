/**
 * A real browser for tests: Debian's chromium, or the one that CHROMIUM names. Where there is none
 * the reason is printed and the tests are skipped; in CI they run, and fail.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';

const PROGRAM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** None of them matters to a page; without them a browser asks the network, or a graphics card. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Whether tests with a browser are to be skipped here, which is printed with the reason. */
export function lacksBrowser(what: string): boolean {
  if (process.env.CI !== undefined || existsSync(PROGRAM)) return false;
  const reason = `no ${PROGRAM}; install chromium, or name one in CHROMIUM`;
  process.stdout.write(`skipped: ${what}: ${reason}\n`);
  return true;
}

/** Starts the browser. */
const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: PROGRAM, args: FLAGS });

export interface Look {
  readonly width: number;
  readonly height: number;
  readonly theme: 'light' | 'dark';
}

export const WIDE: Look = { width: 1440, height: 900, theme: 'light' };
export const LOOKS: readonly Look[] = [
  WIDE,
  { ...WIDE, theme: 'dark' },
  { width: 390, height: 844, theme: 'light' },
  { width: 390, height: 844, theme: 'dark' },
];

/** A page that is open, and all that it complained of. */
export interface Opened {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Messages of the console, errors, and requests for anything but the file itself. */
  readonly faults: readonly string[];
}

/** Reports and screenshots of a test run; the path is printed once. */
function makeFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `daxcheck-${name}-`));
  mkdirSync(join(folder, 'screenshots'));
  process.stdout.write(`screenshots: ${join(folder, 'screenshots')}\n`);
  return folder;
}

/** Opens a file as a reader would, from the disk and without a network. */
export async function openFile(
  browser: Browser,
  file: string,
  look: Look = WIDE,
  hash = '',
): Promise<Opened> {
  const context = await browser.newContext({
    viewport: { width: look.width, height: look.height },
    colorScheme: look.theme,
    // So that axe can be put into a page whose policy lets nothing in.
    bypassCSP: true,
  });
  await context.setOffline(true);
  const page = await context.newPage();
  const faults: string[] = [];
  const url = pathToFileURL(file).href;
  page.on('console', (message) => faults.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('request', (request) => {
    const asked = request.url();
    if (!asked.startsWith(url) && !asked.startsWith('data:')) faults.push(`asks for ${asked}`);
  });
  await page.goto(url + hash);
  await page.locator('html[data-ready-after]').waitFor({ timeout: 30_000 });
  return { page, context, faults };
}

/** Writes a report where the browser finds it, and returns its path. */
export function writeReport(folder: string, name: string, html: string): string {
  const file = join(folder, `${name}.html`);
  writeFileSync(file, html);
  return file;
}

/** A browser for all tests of a suite. */
export interface SuiteBrowser {
  /** Where reports and screenshots go. */
  readonly folder: string;
  readonly browser: () => Browser;
  /** Opens a report, does a job with it, and expects that it complained of nothing. */
  open(
    name: string,
    html: string,
    job: (page: Page) => Promise<void>,
    hash?: string,
  ): Promise<void>;
}

/** Starts a browser before the tests of the suite that this is called in, and ends it behind. */
export function useBrowser(name: string, isSkipped: boolean): SuiteBrowser {
  const folder = isSkipped ? '' : makeFolder(name);
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
  });
  return {
    folder,
    browser: () => browser,
    open: async (report, html, job, hash = '') => {
      const file = writeReport(folder, report, html);
      const { page, context, faults } = await openFile(browser, file, WIDE, hash);
      await job(page);
      expect(faults).toEqual([]);
      await context.close();
    },
  };
}

interface AxeRule {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string }[];
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Faults of accessibility that are serious or critical, with the first place of each. */
export async function axeFaults(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  const found: { readonly violations: readonly AxeRule[] } = await page.evaluate('axe.run()');
  return found.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}
