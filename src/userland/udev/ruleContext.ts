/**
 * What the parts of the rules compiler share.
 */
import { type Diagnostic, type DiagnosticCode, diagnose } from '../../errors.js';
import type { Builder, Draft } from '../builder.js';
import type { Universe } from '../universe.js';
import type { Rule, RuleKey } from './parseRules.js';

export interface RuleContext {
  readonly universe: Universe;
  readonly builder: Builder;
  readonly diagnostics: Diagnostic[];
}

/** Notes a fault at a key. */
export function refuseKey(
  context: RuleContext,
  code: DiagnosticCode,
  key: RuleKey,
  detail: { readonly message: string; readonly suggestion: string },
): void {
  const { message, suggestion } = detail;
  context.diagnostics.push(diagnose(code, key.place, message, { suggestion }));
}

/** Emits an instruction shown as the line of its rule. */
export function emitRule(context: RuleContext, rule: Rule, draft: Draft): void {
  context.builder.emit({ place: rule.place, text: rule.text }, draft);
}

/** The name of a key as written. */
export function keyName(key: RuleKey): string {
  return key.attribute === null ? key.name : `${key.name}{${key.attribute}}`;
}
