/** Packs small tar archives, as `tar` does. */

const BLOCK = 512;
const encoder = new TextEncoder();

function header(path: string, size: number, type: '0' | '2', target: string): Uint8Array {
  const bytes = new Uint8Array(BLOCK);
  const put = (at: number, text: string): void => bytes.set(encoder.encode(text), at);
  put(0, path);
  put(100, '0000644\0');
  put(124, `${size.toString(8).padStart(11, '0')}\0`);
  put(148, '        ');
  put(156, type);
  put(157, target);
  put(257, 'ustar\0' + '00');
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  put(148, `${sum.toString(8).padStart(6, '0')}\0 `);
  return bytes;
}

/** An archive of files with their texts, and of links with where they lead. */
export function archiveOf(
  files: Readonly<Record<string, string>>,
  links: Readonly<Record<string, string>> = {},
): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [path, text] of Object.entries(files)) {
    const data = encoder.encode(text);
    const padded = new Uint8Array(Math.ceil(data.length / BLOCK) * BLOCK);
    padded.set(data);
    parts.push(header(path, data.length, '0', ''), padded);
  }
  for (const [path, target] of Object.entries(links)) parts.push(header(path, 0, '2', target));
  parts.push(new Uint8Array(2 * BLOCK));
  return Uint8Array.from(Buffer.concat(parts));
}
