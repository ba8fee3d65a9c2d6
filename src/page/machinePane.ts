/**
 * The machine after a step: /proc/iomem, memory blocks, devices, drivers, locks; what the step
 * changed is marked by a sign and by what was there before.
 */
import { formatAddress, formatBytes } from '../report/layout.js';
import { describeLock } from '../report/lockText.js';
import type { BlockView, DeviceView, DriverView, MachineView } from '../verdict/trace.js';
import { type BlockCell, blockCells } from './blockCells.js';
import { type Child, h } from './dom.js';
import {
  type IomemChoice,
  type IomemFrame,
  iomemEdits,
  makeBoxes,
  makeListing,
} from './iomemPane.js';

export interface MachineContext {
  readonly frame: IomemFrame;
  /** Every block that is there at some time. */
  readonly blocks: readonly BlockView[];
  readonly choice: IomemChoice;
  readonly choose: (choice: IomemChoice) => void;
}

/** A part of the pane with its title. */
export function part(title: string, ...children: readonly Child[]): HTMLElement {
  return h('section', { class: 'part' }, h('h3', {}, title), children);
}

interface Option {
  readonly text: string;
  readonly isOn: boolean;
  readonly pick: () => void;
}

function toggles(label: string, options: readonly Option[]): HTMLElement {
  return h(
    'div',
    { class: 'toggles', role: 'group', 'aria-label': label },
    options.map(({ text, isOn, pick }) =>
      h('button', { type: 'button', 'aria-pressed': String(isOn), click: pick }, text),
    ),
  );
}

function iomemPart(before: MachineView, after: MachineView, context: MachineContext): HTMLElement {
  const { frame, choice, choose } = context;
  const edits = iomemEdits(before, after);
  const scale = (text: string, kind: IomemChoice['scale']): Option => ({
    text,
    isOn: choice.scale === kind,
    pick: () => choose({ ...choice, scale: kind }),
  });
  const extent = (text: string, isWhole: boolean): Option => ({
    text,
    isOn: choice.isWhole === isWhole,
    pick: () => choose({ ...choice, isWhole }),
  });
  return part(
    '/proc/iomem',
    h(
      'div',
      { class: 'choices' },
      toggles('Scale', [scale('to scale', 'linear'), scale('logarithmic', 'log')]),
      (frame.isCut || choice.isWhole) &&
        toggles('Extent', [extent('devices', false), extent('whole map', true)]),
    ),
    makeBoxes(edits, frame),
    makeListing(edits, frame),
  );
}

function cellName({ first, last }: BlockCell): string {
  return first === last ? `memory${first}` : `memory${first}–${last}`;
}

function cellElement(cell: BlockCell): HTMLElement {
  const count = cell.last - cell.first + 1;
  const zones = cell.zones === '' ? '' : `; may go to ${cell.zones}`;
  const was = cell.was === null ? '' : `; was ${cell.was}`;
  const word = cell.text.replace(/^online (?=.)/, '');
  return h(
    'li',
    {
      class: `cell cell-${cell.letter === '–' ? 'none' : cell.letter}`,
      'data-run': count > 1,
      'data-changed': cell.was !== null,
      title: `${cellName(cell)}: ${cell.text}${zones}${was}`,
    },
    h('span', { class: 'cell-index' }, count > 1 ? cellName(cell) : String(cell.first)),
    h('b', {}, cell.letter),
    h('span', { class: 'cell-word' }, count > 1 ? `${count} × ${cell.text}` : word),
    cell.was !== null &&
      h('span', { class: 'cell-was' }, cell.was === 'absent' ? '+ new' : `was ${cell.was}`),
  );
}

const LETTERS: readonly (readonly [letter: string, meaning: string])[] = [
  ['F', 'offline'],
  ['N', 'online in zone Normal'],
  ['M', 'online in zone Movable'],
  ['O', 'online in another zone'],
  ['G', 'going offline'],
  ['–', 'not there'],
];

function blocksPart(before: MachineView, after: MachineView, context: MachineContext): HTMLElement {
  const cells = blockCells(context.blocks, before.blocks, after.blocks);
  if (cells.length === 0) {
    return part('Memory blocks', h('p', { class: 'faint' }, 'No block at any step.'));
  }
  const devices = [...new Set(cells.map(({ device }) => device))];
  const used = new Set<string>(cells.map(({ letter }) => letter));
  return part(
    'Memory blocks',
    devices.map((device) =>
      h(
        'div',
        { class: 'blocks' },
        h('h4', {}, device),
        h(
          'ul',
          { class: 'cells', 'aria-label': `Memory blocks of ${device}` },
          cells.filter((cell) => cell.device === device).map(cellElement),
        ),
      ),
    ),
    h(
      'p',
      { class: 'faint key-line' },
      LETTERS.filter(([letter]) => used.has(letter)).map(([letter, meaning]) =>
        h('span', {}, h('b', {}, letter), ` ${meaning}`),
      ),
    ),
  );
}

/** A fact, and what it was before where that differs. */
function fact(now: string, was: string | undefined): Child {
  if (was === undefined || was === now) return now;
  return h(
    'span',
    { class: 'changed' },
    h('b', {}, now),
    ' ',
    h('span', { class: 'was' }, `was ${was}`),
  );
}

function rangesText({ ranges }: DeviceView): string {
  if (ranges.length === 0) return 'none';
  return ranges
    .map(({ start, end }) => `${formatAddress(start)}-${formatAddress(end)}`)
    .join(' + ');
}

function usersText({ opens, mappings, pins, poison }: DeviceView): string {
  const users = [
    ...(opens > 0 ? [`${opens} open`] : []),
    ...(mappings > 0 ? [`${mappings} mapped`] : []),
    ...(pins > 0 ? [`${pins} pinned`] : []),
    ...(poison ? ['media errors'] : []),
  ];
  return users.length === 0 ? 'none' : users.join(', ');
}

const DEVICE_FACTS: readonly (readonly [title: string, text: (device: DeviceView) => string])[] = [
  ['driver', ({ driver }) => driver ?? 'none'],
  ['size', ({ size }) => formatBytes(size)],
  ['range', rangesText],
  ['node', ({ targetNode }) => (targetNode === null ? '–' : String(targetNode))],
  ['users', usersText],
];

function deviceRow(device: DeviceView, was: DeviceView | undefined): HTMLElement {
  const { name, present } = device;
  if (!present) {
    const text = fact('not registered', was?.present === true ? 'registered' : undefined);
    return h(
      'tr',
      {},
      h('th', { scope: 'row' }, name),
      h('td', { colspan: DEVICE_FACTS.length }, text),
    );
  }
  const isNew = was !== undefined && !was.present;
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, name, isNew && h('span', { class: 'was' }, ' + new')),
    DEVICE_FACTS.map(([, text]) =>
      h('td', {}, fact(text(device), was === undefined || isNew ? undefined : text(was))),
    ),
  );
}

function driverRow(driver: DriverView, was: DriverView | undefined): HTMLElement {
  const registered = ({ registered: is }: DriverView): string => (is ? 'yes' : 'no');
  const ids = ({ ids: all }: DriverView): string => (all.length === 0 ? 'none' : all.join(', '));
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, driver.name),
    h('td', {}, fact(registered(driver), was && registered(was))),
    h('td', {}, fact(ids(driver), was && ids(was))),
  );
}

function table(label: string, heads: readonly string[], rows: readonly HTMLElement[]): HTMLElement {
  return h(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': label },
    h(
      'table',
      {},
      h('caption', { class: 'visually-hidden' }, label),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          heads.map((head) => h('th', { scope: 'col' }, head)),
        ),
      ),
      h('tbody', {}, rows),
    ),
  );
}

function devicesPart(before: MachineView, after: MachineView): HTMLElement {
  const devices = new Map(before.devices.map((device) => [device.name, device]));
  const drivers = new Map(before.drivers.map((driver) => [driver.name, driver]));
  return part(
    'Devices and drivers',
    table(
      'Devices',
      ['device', ...DEVICE_FACTS.map(([title]) => title)],
      after.devices.map((device) => deviceRow(device, devices.get(device.name))),
    ),
    table(
      'Drivers',
      ['driver', 'registered', 'ids'],
      after.drivers.map((driver) => driverRow(driver, drivers.get(driver.name))),
    ),
    h(
      'p',
      { class: 'policy' },
      h('code', {}, 'auto_online_blocks'),
      ': ',
      fact(after.autoOnlineBlocks, before.autoOnlineBlocks),
    ),
  );
}

function locksPart({ locks }: MachineView): HTMLElement {
  const rows = locks.map((lock) =>
    h(
      'li',
      {},
      h('code', {}, describeLock(lock)),
      h('span', { class: 'faint' }, ` ${lock.holder}`),
    ),
  );
  return part(
    'Locks held after it',
    rows.length === 0 ? h('p', { class: 'faint' }, 'None.') : h('ul', { class: 'locks' }, rows),
  );
}

/** Shows a machine, with what differs from the one before it. */
export function machineParts(
  before: MachineView,
  after: MachineView,
  context: MachineContext,
): readonly HTMLElement[] {
  return [
    iomemPart(before, after, context),
    blocksPart(before, after, context),
    devicesPart(before, after),
    locksPart(after),
  ];
}
