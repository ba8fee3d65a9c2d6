/**
 * What a finding is, in the words of every report.
 */
import type { DeadlockView, Finding } from '../verdict/trace.js';

/** What each class of finding means, in the words of the summary. */
export const CLASS_TEXT = {
  'kernel-defect': 'kernel defect: the kernel breaks what it promises',
  script: 'script finding: the kernel does as documented, the procedure loses',
  policy: 'policy: the machine does what the model forbids',
  own: 'own property: not what this model asks for',
} as const;

/** How long each kind of deadlock lasts. */
export const KIND_TEXT: { readonly [K in DeadlockView['kind']]: string } = {
  permanent: 'permanent: no signal and no timeout ends it, only a reboot',
  'unbounded wait': 'a wait without a bound: it ends only if a process at user level lets go',
  'freed by a fatal signal': 'lasts until a waiting thread gets a fatal signal (kill -9)',
  livelock: 'a livelock: a thread begins its system call again and again until it gets a signal',
};

/** Names a property with the device it was asked for: `recoverable(dax0.0)`. */
export function propertyName(finding: Pick<Finding, 'property' | 'device'>): string {
  return finding.device === null ? finding.property : `${finding.property}(${finding.device})`;
}
