/**
 * What the rest of a machine tells: the kernel's release, its configuration and command line, and
 * the udev rules that are installed.
 */
import { gunzipSync } from 'node:zlib';
import type { OnlinePolicy, Place } from '../model/model.js';
import { type Facts, refuse, warn } from './facts.js';
import { readListing } from './listing.js';
import { POLICIES, readSysfs } from './sysfs.js';
import type { FileTree } from './tree.js';

const CONFIG_BYTES_MAX = 16 << 20;

/** What a configuration makes the default: to v6.13 one symbol, since then a choice of four. */
const DEFAULT_POLICIES: readonly (readonly [symbol: string, policy: OnlinePolicy])[] = [
  ['CONFIG_MEMORY_HOTPLUG_DEFAULT_ONLINE', 'online'],
  ['CONFIG_MHP_DEFAULT_ONLINE_TYPE_OFFLINE', 'offline'],
  ['CONFIG_MHP_DEFAULT_ONLINE_TYPE_ONLINE_AUTO', 'online'],
  ['CONFIG_MHP_DEFAULT_ONLINE_TYPE_ONLINE_KERNEL', 'online_kernel'],
  ['CONFIG_MHP_DEFAULT_ONLINE_TYPE_ONLINE_MOVABLE', 'online_movable'],
];

/** Without these there is nothing to model. */
const NEEDED = ['CONFIG_MEMORY_HOTPLUG', 'CONFIG_MEMORY_HOTREMOVE', 'CONFIG_DEV_DAX_KMEM'];

/**
 * Reads a kernel's configuration: the default policy, where nothing more direct told it, and what
 * is missing.
 */
export function readConfig(text: string, file: string, facts: Facts): void {
  const lines = new Map(
    text.split('\n').map((line, index) => [line.trim(), { file, line: index + 1, column: 1 }]),
  );
  if (![...lines.keys()].some((line) => /^(# )?CONFIG_[A-Z0-9_]+[= ]/.test(line))) {
    const place = { file, line: 1, column: 1 };
    refuse(facts, 'DAX509', place, 'found no line of a kernel configuration', {
      expected: 'lines such as CONFIG_DEV_DAX=m',
    });
    return;
  }
  for (const symbol of NEEDED) {
    const place = lines.get(`# ${symbol} is not set`);
    if (place === undefined) continue;
    const message = `the kernel has no ${symbol}`;
    warn(facts, 'DAX519', place, message, {
      assumed: 'the model has it',
      how: 'build the kernel with it, or read the model with that in mind',
    });
  }
  for (const [symbol, policy] of DEFAULT_POLICIES) {
    const place = lines.get(`${symbol}=y`);
    if (place !== undefined) facts.defaultPolicies.push({ value: policy, place });
  }
  const off = lines.get('# CONFIG_MEMORY_HOTPLUG_DEFAULT_ONLINE is not set');
  if (off !== undefined) facts.defaultPolicies.push({ value: 'offline', place: off });
}

/** Reads a kernel's command line: options of memory hotplug. */
export function readCommandLine(text: string, place: Place, facts: Facts): void {
  const words = text.trim().split(/\s+/);
  const optionOf = (key: string): string | undefined =>
    words.findLast((word) => word.startsWith(`${key}=`))?.slice(key.length + 1);
  const policy = POLICIES.find((name) => name === optionOf('memhp_default_state'));
  if (policy !== undefined) facts.bootPolicies.push({ value: policy, place });
  const onMemory = optionOf('memory_hotplug.memmap_on_memory');
  if (onMemory !== undefined && facts.memmapOnMemory.length === 0) {
    facts.memmapOnMemory.push({ value: !/^(0|n|N|off)/.test(onMemory), place });
  }
  if (words.includes('movable_node')) facts.movableNode.push({ value: true, place });
}

/** Takes udev rules; a script or a binary is none. */
export function readRules(text: string, file: string, facts: Facts): void {
  const place = { file, line: 1, column: 1 };
  if (/^#!/.test(text)) {
    const expected = 'udev rules; a script goes to `daxcheck explore`, as an actor of the model';
    refuse(facts, 'DAX509', place, 'found a script', { expected });
    return;
  }
  facts.rules.push({ value: text, place });
}

/** Where udev looks, the first ones over the later ones. */
const RULES_FOLDERS = ['etc/udev/rules.d', 'run/udev/rules.d', 'usr/lib/udev/rules.d'];

/** Rules that can have to do with memory blocks or dax devices. */
const CONCERNS = /SUBSYSTEMS?\s*[!=]=\s*"[^"\n]*\b(memory|dax)\b/;

function readInstalledRules(tree: FileTree, facts: Facts): void {
  const folderOf = new Map<string, string>();
  for (const folder of RULES_FOLDERS) {
    for (const name of tree.names(folder)) {
      if (name.endsWith('.rules') && !folderOf.has(name)) folderOf.set(name, folder);
    }
  }
  const names = [...folderOf.keys()].sort((left, right) => (left < right ? -1 : 1));
  for (const name of names) {
    const path = `${folderOf.get(name) ?? ''}/${name}`;
    const text = tree.read(path);
    if (text !== null && CONCERNS.test(text)) readRules(text, tree.shown(path), facts);
  }
}

function configOf(tree: FileTree, release: string): { text: string; path: string } | null {
  const path = `boot/config-${release}`;
  const text = tree.read(path) ?? tree.read(`lib/modules/${release}/config`);
  if (text !== null) return { text, path };
  const packed = tree.bytes('proc/config.gz');
  if (packed === null || packed.length === 0) return null;
  try {
    const bytes = gunzipSync(packed, { maxOutputLength: CONFIG_BYTES_MAX });
    return { text: new TextDecoder().decode(bytes), path: 'proc/config.gz' };
  } catch {
    // Damaged: as if the kernel did not show it.
    return null;
  }
}

/** Reads a whole machine: / or a copy of what it shows in /proc, /sys, /boot and udev's folders. */
export function readRoot(tree: FileTree, facts: Facts): void {
  const listing = tree.read('proc/iomem');
  if (listing !== null) readListing(listing, tree.shown('proc/iomem'), facts);
  readSysfs(tree, facts);
  const line = tree.read('proc/cmdline');
  const place = { file: tree.shown('proc/cmdline'), line: 1, column: 1 };
  if (line !== null) readCommandLine(line, place, facts);
  const path = 'proc/sys/kernel/osrelease';
  const release = tree.read(path)?.trim() ?? '';
  if (release !== '') {
    const at = { file: tree.shown(path), line: 1, column: 1 };
    facts.releases.push({ value: release, place: at });
  }
  const config = configOf(tree, release);
  if (config !== null) readConfig(config.text, tree.shown(config.path), facts);
  readInstalledRules(tree, facts);
}
