/**
 * Whether guests run on the processor itself (KVM) or are translated (TCG). A /dev/kvm that opens
 * may still start no guest, inside some clouds for one; so it is tried once, and remembered.
 */
import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';

export type Accelerator = 'kvm' | 'tcg';

const DEVICE = '/dev/kvm';

function canOpen(): boolean {
  try {
    accessSync(DEVICE, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Chooses how guests run.
 *
 * @param wish 'auto': KVM where a guest comes up under it.
 * @param starts whether a guest comes up under KVM.
 */
export async function chooseAccelerator(
  wish: 'auto' | Accelerator,
  cache: string,
  starts: () => Promise<boolean>,
): Promise<Accelerator> {
  if (wish !== 'auto') return wish;
  if (!canOpen()) return 'tcg';
  const note = join(cache, `kvm-${release()}`);
  if (existsSync(note)) return readFileSync(note, 'utf8').trim() === 'starts' ? 'kvm' : 'tcg';
  const isGood = await starts();
  mkdirSync(cache, { recursive: true });
  writeFileSync(note, isGood ? 'starts\n' : 'does not start\n');
  return isGood ? 'kvm' : 'tcg';
}
