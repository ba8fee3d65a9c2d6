/** The engine's arithmetic of memory blocks on its own, with the behaviour of a release. */
import { readFileSync } from 'node:fs';
import { Header, SCENARIO_OFFSET } from '../../assembly/layout.js';
import { featureWords, resolveKernel } from '../../src/kernel/features.js';

/** Results are 64 bits with a sign, as WebAssembly has them; the range's end is inside it. */
interface SectionProbe {
  probeKmemStart(start: bigint): bigint;
  probeKmemBytes(start: bigint, end: bigint): bigint;
  probeUsableBytes(start: bigint, end: bigint): bigint;
}

const file = new URL('../../build/systems/sectionProbe.debug.wasm', import.meta.url);

/** Opens it; `setBlock` says how large a memory block is. */
export function openSectionProbe(kernel: string): {
  readonly probe: SectionProbe;
  readonly setBlock: (bytes: bigint) => void;
} {
  const module = new WebAssembly.Module(Uint8Array.from(readFileSync(file)));
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 64, shared: true });
  const view = new DataView(memory.buffer);
  const { features } = resolveKernel({ release: kernel, without: [], with: [] });
  for (const [at, word] of featureWords(features).entries()) {
    view.setUint32(SCENARIO_OFFSET + (Header.Features + at) * 4, word, true);
  }
  const instance = new WebAssembly.Instance(module, { env: { memory }, own: { check: () => 0 } });
  return {
    probe: instance.exports as unknown as SectionProbe,
    setBlock: (bytes) => {
      view.setBigUint64(SCENARIO_OFFSET + Header.BlockBytesLow * 4, bytes, true);
    },
  };
}
