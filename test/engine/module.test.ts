import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const file = new URL('../../build/systems/daxhp.wasm', import.meta.url);
const module = new WebAssembly.Module(Uint8Array.from(readFileSync(file)));

describe('a module of the engine', () => {
  it('leaves memory untouched when instantiated', () => {
    const memory = new WebAssembly.Memory({ initial: 32, maximum: 32, shared: true });
    const bytes = new Uint8Array(memory.buffer).fill(0xaa);

    new WebAssembly.Instance(module, { env: { memory }, own: { check: () => 0 } });

    expect(bytes.every((byte) => byte === 0xaa)).toBe(true);
  });

  it('imports memory and own.check alone, and has no data and no start function', () => {
    const text = readFileSync(new URL('../../build/systems/daxhp.wat', import.meta.url), 'utf8');

    expect(text.match(/^ \(import .*$/gm)).toEqual([
      ' (import "env" "memory" (memory $0 1 65535 shared))',
      expect.stringContaining(' (import "own" "check" (func '),
    ]);
    expect(text).not.toMatch(/^ \((data|start) /m);
  });
});
