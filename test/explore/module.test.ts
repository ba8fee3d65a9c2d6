/** The engine's modules: what makes it safe to instantiate them many times over one memory. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const MODULES = ['engine.wasm', 'engine.debug.wasm'];
/** Sections of a module by number; WebAssembly core specification, section 5.5.2. */
const START_SECTION = 8;
const DATA_SECTION = 11;

/** What the type of the standard class leaves out. */
interface Introspection {
  imports(module: WebAssembly.Module): { module: string; name: string; kind: string }[];
  exports(module: WebAssembly.Module): { name: string; kind: string }[];
}
const { imports, exports } = WebAssembly.Module as unknown as Introspection;

const bytesOf = (name: string): Uint8Array =>
  Uint8Array.from(readFileSync(new URL(`../../build/${name}`, import.meta.url)));

/** Reads an unsigned LEB128 number: its value and where the next byte is. */
function readNumber(bytes: Uint8Array, from: number): { value: number; next: number } {
  let value = 0;
  for (let at = from, shift = 0; ; at++, shift += 7) {
    const byte = bytes[at] ?? 0;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return { value, next: at + 1 };
  }
}

/** The numbers of the sections that a module has. */
function sectionsOf(bytes: Uint8Array): number[] {
  const sections: number[] = [];
  for (let at = 8; at < bytes.length; ) {
    sections.push(bytes[at] ?? 0);
    const { value, next } = readNumber(bytes, at + 1);
    at = next + value;
  }
  return sections;
}

describe.each(MODULES)('%s', (name) => {
  const bytes = bytesOf(name);
  const module = new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>);

  it("imports its memory and the check of a model's own properties, and nothing else", () => {
    const found = imports(module).sort((left, right) => (left.module < right.module ? -1 : 1));

    expect(found).toEqual([
      { module: 'env', name: 'memory', kind: 'memory' },
      { module: 'own', name: 'check', kind: 'function' },
    ]);
  });

  it('has no start function and no data', () => {
    const sections = sectionsOf(bytes);

    expect(sections).toContain(1);
    expect(sections).not.toContain(START_SECTION);
    expect(sections).not.toContain(DATA_SECTION);
  });

  it('leaves memory untouched when instantiated', () => {
    const memory = new WebAssembly.Memory({ initial: 64, maximum: 64, shared: true });
    const content = Buffer.from(memory.buffer).fill(0xaa);
    const before = Buffer.from(content);

    new WebAssembly.Instance(module, { env: { memory }, own: { check: () => 0 } });

    expect(content.equals(before)).toBe(true);
  });

  it('exports functions and constants alone, and keeps its memory to itself', () => {
    const kinds = new Set(exports(module).map(({ kind }) => kind));

    expect([...kinds].sort()).toEqual(['function', 'global']);
  });
});

describe('engine.wat', () => {
  it('says the same of the release build', () => {
    const text = readFileSync(new URL('../../build/engine.wat', import.meta.url), 'utf8');

    expect(text.match(/^ \(import .*$/gm)).toEqual([
      ' (import "env" "memory" (memory $0 1 65535 shared))',
      expect.stringContaining(' (import "own" "check" (func '),
    ]);
    expect(text).not.toMatch(/^ \((data|start) /m);
  });
});
