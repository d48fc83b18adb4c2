import type { CallEffect, EffectOutcome, Plan, Wording } from '@isthmus/workflow-engine';
import type { LiveRun } from './live-run.js';

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** What nobody foresaw fails the action; it must not leave the run waiting for ever. */
export function unforeseen(effect: CallEffect, error: unknown): EffectOutcome {
  const message = error instanceof Error ? error.message : String(error);
  return failure(effect.id, 'InternalServerError', message);
}

/** A call that came to nothing and is not repeated. */
export function failure(effectId: string, code: string, words: string | Wording): EffectOutcome {
  const told = typeof words === 'string' ? { message: words } : words;
  return { kind: 'failure', effectId, code, ...told, retryable: false };
}

/** A call that changes something on the other side, as far as anybody can tell. */
export function isUnsafe(effect: CallEffect): boolean {
  if (effect.kind === 'javascript') return false;
  return (
    !('request' in effect) || !safeMethods.has((effect.request.method ?? 'POST').toUpperCase())
  );
}

/**
 * Whether what led to a call is committed before it leaves. strict: before everything unsafe. A subscription hands out
 * a callback URL, which is a promise: the run of it is committed first in any case.
 */
export function isKeptFirst({ durability, isDurable, plan }: LiveRun, effect: CallEffect): boolean {
  if (!isDurable) return false;
  return (durability === 'strict' && isUnsafe(effect)) || handsOutCallback(plan, effect);
}

/** The call of an action that then waits for its callback. */
function handsOutCallback(plan: Plan, { path }: CallEffect): boolean {
  const name = path.slice(path.lastIndexOf('.') + 1).toLowerCase();
  return plan.actions.get(name)?.type.callback !== undefined;
}
