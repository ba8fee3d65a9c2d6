/**
 * The programs that rules may ask with PROGRAM: their answers are fixed by the machine.
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
