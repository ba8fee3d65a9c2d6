/**
 * What rules may ask of the machine as a whole: programs (PROGRAM) and what its firmware says
 * (ATTR{[dmi/id]…}). The answers are fixed by the machine.
 */

/** `sh -c 'command || :'` hides the status of the command. */
const HIDDEN_STATUS = /^\/bin\/sh -c (['"])(.*?)\|\|\s*(?::|\/bin\/true|true)\1$/;

/** What a program prints, and whether it ends with status 0. */
export interface ProgramAnswer {
  readonly output: string;
  readonly ok: boolean;
}

/**
 * Answers a PROGRAM line; null when the program is not known.
 *
 * @param virt what systemd-detect-virt prints on this machine; where that is "none", on bare metal,
 * it ends with status 1.
 */
export function answerProgram(line: string, virt: string): ProgramAnswer | null {
  const hidden = HIDDEN_STATUS.exec(line.trim());
  const words = (hidden?.[2] ?? line).trim().split(/\s+/);
  const name = (words[0] ?? '').replace(/^\/(?:usr\/)?bin\//, '');
  const options = words.slice(1).join(' ');
  if (name === 'uname' && ['-m', '-p', '-i'].includes(options))
    return { output: 'x86_64', ok: true };
  if (name === 'systemd-detect-virt' && ['', '--vm', '-v'].includes(options)) {
    return { output: virt, ok: virt !== 'none' || hidden !== null };
  }
  return null;
}

export type DmiField = 'sys_vendor' | 'product_name';

/** What the firmware of a guest says, by what systemd-detect-virt prints there. */
const DMI: { readonly [virt: string]: { readonly [F in DmiField]: string } } = {
  microsoft: { sys_vendor: 'Microsoft Corporation', product_name: 'Virtual Machine' },
  xen: { sys_vendor: 'Xen', product_name: 'HVM domU' },
};

/** Field of the firmware's tables that ATTR{[dmi/id]…} names; null for anything else. */
export function dmiField(attribute: string | null): DmiField | null {
  const field = /^\[dmi\/id\](sys_vendor|product_name)$/.exec(attribute ?? '')?.[1];
  return field === 'sys_vendor' || field === 'product_name' ? field : null;
}

/**
 * Tells whether a field of the firmware is what a rule says: known on the guests above, and
 * elsewhere where the rule asks for one of those guests. Null where it is not known.
 */
export function answerDmi(
  field: DmiField,
  virt: string,
  matches: (text: string) => boolean,
): boolean | null {
  const own = DMI[virt];
  if (own !== undefined) return matches(own[field]);
  return Object.values(DMI).some((guest) => matches(guest[field])) ? false : null;
}
