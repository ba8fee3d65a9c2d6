/**
 * Rules for devices that are neither memory blocks nor dax devices: no event of a model reaches
 * them, so that what they match, read and run is not asked. Installed files are full of them.
 */
import { matchEvents } from './events.js';
import type { Rule } from './parseRules.js';
import { keyName, type RuleContext, refuseKey } from './ruleContext.js';
import { START_STATE } from './ruleState.js';

/** Keys of systemd's udev(7). */
const KEYS = new Set(
  [
    'ACTION DEVPATH KERNEL KERNELS NAME SYMLINK SUBSYSTEM SUBSYSTEMS DRIVER DRIVERS ATTR ATTRS',
    'SYSCTL ENV CONST TAG TAGS TEST PROGRAM RESULT OWNER GROUP MODE SECLABEL RUN LABEL GOTO IMPORT',
    'OPTIONS',
  ].flatMap((line) => line.split(' ')),
);

const OF_DEVICES = new Set(['SUBSYSTEM', 'KERNEL']);

/** Tells whether a rule's own SUBSYSTEM and KERNEL keep every event of the model away from it. */
export function isOfOthers(context: RuleContext, rule: Rule): boolean {
  const own = rule.keys.filter(
    ({ name, operator }) => OF_DEVICES.has(name) && (operator === '==' || operator === '!='),
  );
  const { subsystems, names } = matchEvents({ ...context, diagnostics: [] }, own, START_STATE);
  return subsystems.length === 0 || names?.length === 0;
}

/** Reports what is no key of udev at all. */
export function checkKeys(context: RuleContext, rule: Rule): void {
  for (const key of rule.keys) {
    if (KEYS.has(key.name)) continue;
    const suggestion = 'udev(7) lists the keys';
    const message = `${keyName(key)} is not a key of udev`;
    refuseKey(context, 'DAX221', key, { message, suggestion });
  }
}
