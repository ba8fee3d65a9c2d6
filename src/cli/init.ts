/**
 * `daxcheck init`: writes a first model with comments. It never writes over a file.
 */
import { EXIT } from '../errors.js';
import type { Terminal } from './terminal.js';
import { writeNew } from './writeWhole.js';

/** The model that `init` writes: complete, small, and with a finding to look at. */
export const FIRST_MODEL = `\
# A model of one machine with one dax device. Check it with:  daxcheck explore FILE
format: 1
title: udev brings a block back online before kmem is unbound

# A release that is modelled (daxcheck kernels), or one with commits taken away:
#   kernel: { base: v5.1, without: [walk-ram-children] }
kernel: v6.12

machine:
  block_size: 128M                # cat /sys/devices/system/memory/block_size_bytes (hex)
  auto_online_blocks: offline     # cat /sys/devices/system/memory/auto_online_blocks
  # The machine's own listing, as root, before a driver claims the memory: cat /proc/iomem
  iomem: |
    00000000-1fffffff : System RAM
    100000000-17fffffff : Soft Reserved
  dax:
    # name of the device: its range (end included), its node, and the state at the start
    dax0.0: { range: 100000000-10fffffff, target_node: 1, driver: kmem, blocks: online_movable }

# Everything that runs at the same time. Every interleaving is explored.
actors:
  # A script: the lines as they are in your shell script.
  admin: |
    echo offline > /sys/devices/system/memory/memory32/state
    echo offline > /sys/devices/system/memory/memory33/state
    echo dax0.0 > /sys/bus/dax/drivers/kmem/unbind
    echo dax0.0 > /sys/bus/dax/drivers/device_dax/new_id
  # udev with the rules of the machine. Without \`events\` the same model holds.
  udev:
    events: [coldplug]            # somebody may run \`udevadm trigger\`
    rules: 'SUBSYSTEM=="memory", ACTION=="add", ATTR{state}=="offline", ATTR{state}="online"'

# What must hold; leave it out to check every property.
check: [no-overlap, no-leak, { recoverable: dax0.0 }]

# What you expect. \`daxcheck gate DIR\` fails when a model answers anything else.
expect: { finding: recoverable }
`;

/** Writes FIRST_MODEL to a new file, and returns the exit status. */
export function initCommand(
  file: string,
  options: { readonly json?: boolean },
  terminal: Terminal,
): number {
  if (!writeNew(file, FIRST_MODEL)) {
    const hint = 'name a file that is not there yet: daxcheck init FILE';
    terminal.writeError(`daxcheck: ${file} is there already and stays as it is; ${hint}\n`);
    return EXIT.usage;
  }
  const text = `${file} written. Next: daxcheck explore ${file}\n`;
  terminal.writeOut(options.json === true ? `${JSON.stringify({ file, written: true })}\n` : text);
  return EXIT.holds;
}
