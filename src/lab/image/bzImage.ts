/**
 * Reads the header of an x86 boot image (Documentation/arch/x86/boot.rst): what the kernel calls
 * itself, and where in it the compressed kernel lies.
 */

export interface BzImage {
  /** Such as '6.1.0-56-amd64 (debian-kernel@…) #1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (…)'. */
  readonly banner: string;
  /** The compressed kernel, an ELF file; null where the header is older than the field for it. */
  readonly payload: Uint8Array | null;
}

const SETUP_SECTORS = 0x1f1;
const SIGNATURE = 0x202;
const PROTOCOL = 0x206;
const BANNER = 0x20e;
const PAYLOAD_OFFSET = 0x248;
const PAYLOAD_BYTES = 0x24c;
const HEADER_END = 0x268;
const SECTOR_BYTES = 512;
/** Since this version of the boot protocol the header tells where the compressed kernel is. */
const PROTOCOL_PAYLOAD = 0x208;

/** The build appends the unpacked size to what is not gzip, which has it already. */
const withoutSize = (payload: Buffer): Buffer =>
  payload.readUInt16BE(0) === 0x1f8b ? payload : payload.subarray(0, payload.length - 4);

/** Reads the header; null when the bytes are no boot image. */
export function readBzImage(bytes: Uint8Array): BzImage | null {
  const image = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (image.length < HEADER_END || image.toString('latin1', SIGNATURE, PROTOCOL) !== 'HdrS') {
    return null;
  }
  const bannerAt = image.readUInt16LE(BANNER) + SECTOR_BYTES;
  const bannerEnd = image.indexOf(0, bannerAt);
  const banner = image.toString('latin1', bannerAt, bannerEnd < 0 ? bannerAt : bannerEnd);
  if (image.readUInt16LE(PROTOCOL) < PROTOCOL_PAYLOAD) return { banner, payload: null };
  // No sectors means four: images from before there was the field.
  const setup = ((image[SETUP_SECTORS] || 4) + 1) * SECTOR_BYTES;
  const start = setup + image.readUInt32LE(PAYLOAD_OFFSET);
  const payload = image.subarray(start, start + image.readUInt32LE(PAYLOAD_BYTES));
  return { banner, payload: payload.length < 8 ? null : withoutSize(payload) };
}
