/** A machine as the page shows it, and the same as a trace tells it. */
import type { Page } from 'playwright-core';
import { formatIomemLine } from '../../src/report/iomemDiff.js';
import { formatAddress, formatBytes } from '../../src/report/layout.js';
import { describeLock } from '../../src/report/lockText.js';
import type { DeviceView, DriverView, MachineView } from '../../src/verdict/trace.js';

/** The texts of all elements of a selector. */
export const texts = (page: Page, selector: string): Promise<string[]> =>
  page.locator(selector).allTextContents();

/** Run in the page: the cells of both tables, without what was there before. */
const ROWS = `[...document.querySelectorAll('tbody tr')].map((row) =>
  [...row.children].map((cell) => {
    const copy = cell.cloneNode(true);
    for (const was of copy.querySelectorAll('.was')) was.remove();
    return copy.textContent.trim();
  }))`;

function deviceRow(device: DeviceView): readonly string[] {
  const { name, present, driver, size, ranges, targetNode } = device;
  if (!present) return [name, 'not registered'];
  const spans = ranges.map(({ start, end }) => `${formatAddress(start)}-${formatAddress(end)}`);
  return [
    name,
    driver ?? 'none',
    formatBytes(size),
    spans.length === 0 ? 'none' : spans.join(' + '),
    targetNode === null ? '–' : String(targetNode),
    'none',
  ];
}

const driverRow = ({ name, registered, ids }: DriverView): readonly string[] => [
  name,
  registered ? 'yes' : 'no',
  ids.length === 0 ? 'none' : ids.join(', '),
];

/** What the page says of the machine. */
export async function shownMachine(page: Page): Promise<unknown> {
  const cells = await texts(page, '.cell:not(.cell-none)');
  return {
    iomem: await texts(page, '.listing .line:not(.line-remove) code'),
    cells: cells.map((cell) => cell.replace(/(\+ new|was .*)$/, '')),
    rows: await page.evaluate(ROWS),
    locks: await texts(page, '.locks li'),
  };
}

/** The same, as the trace has it. */
export function toldMachine(view: MachineView): unknown {
  const letters = { Normal: 'N', Movable: 'M' } as const;
  return {
    iomem: view.iomem.map(formatIomemLine),
    cells: view.blocks.map(({ index, state, zones }) => {
      if (state !== 'online') return `${index}${state === 'offline' ? 'F' : 'G'}${state}`;
      return `${index}${letters[zones as 'Normal'] ?? 'O'}${zones}`;
    }),
    rows: [...view.devices.map(deviceRow), ...view.drivers.map(driverRow)],
    locks: view.locks.map((lock) => `${describeLock(lock)} ${lock.holder}`),
  };
}
