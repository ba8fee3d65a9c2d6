/**
 * ATTR{state} of a dax device: kernels that have daxX.Y/state give it the name of a block's file.
 *
 * Rules speak of blocks alone here. One that could mean the device's file as well is refused.
 */
import type { Rule, RuleKey } from './parseRules.js';
import { type RuleContext, refuseKey } from './ruleContext.js';
import type { RuleState } from './ruleState.js';

/** What an unplugged device says; memory that is plugged takes no other state but this one. */
const UNPLUGGED = 'unplugged';

/**
 * Refuses a key whose attribute a dax device of the event could have.
 *
 * A rule that asks for another state than `unplugged` and writes one finds the device busy with the
 * state that it has: it changes nothing there.
 */
export function refuseDaxState(
  context: RuleContext,
  rule: Rule,
  key: RuleKey,
  state: RuleState,
): void {
  const isAsked = context.universe.hasDaxState === true && key.attribute === 'state';
  if (!isAsked || !state.subsystems.includes('dax') || isHarmless(rule)) return;
  const suggestion = 'ask for SUBSYSTEM=="memory" first; writes of daxX.Y/state go into a script';
  const message =
    'this kernel has a file `state` of dax devices too, which rules do not reach here';
  refuseKey(context, 'DAX221', key, { message, suggestion });
}

function isHarmless({ keys }: Rule): boolean {
  const states = keys.filter(({ name, attribute }) => name === 'ATTR' && attribute === 'state');
  const asks = states.some(
    ({ operator, value }) => operator === '==' && !/[*?[]/.test(value) && !has(value),
  );
  const writes = states.every(({ operator, value }) => /[=!]=/.test(operator) || !has(value));
  return asks && writes && !keys.some(({ name }) => name === 'RUN');
}

const has = (value: string): boolean => value.split('|').includes(UNPLUGGED);
