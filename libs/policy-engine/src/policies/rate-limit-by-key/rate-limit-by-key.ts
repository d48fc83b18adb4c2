import { boxAs } from '@isthmus/policy-expressions';
import type { PolicyContext } from '../../pipeline/context.js';
import { definePolicy } from '../../pipeline/policy.js';
import { flag, integer, text } from '../../values/attribute-rule.js';
import { bufferBodies, type Value } from '../../values/value.js';
import type { ParsedAttributes } from '../../values/value-source.js';
import { longestWindow, rateLimitExceeded, secondsUntil } from '../rate-counting.js';

const attributes = {
  calls: integer({ required: true, least: 0 }),
  'renewal-period': integer({ required: true, least: 1, most: longestWindow }),
  'counter-key': text({ required: true }),
  'increment-condition': flag(),
  'increment-count': integer({ least: 0 }),
  'increment-after-response': flag({ default: false, expression: false }),
  'retry-after-header-name': text({ default: 'Retry-After', expression: false }),
  'retry-after-variable-name': text({ expression: false }),
  'remaining-calls-header-name': text({ expression: false }),
  'remaining-calls-variable-name': text({ expression: false }),
  'total-calls-header-name': text({ expression: false }),
};

type Settings = ParsedAttributes<typeof attributes>;

/** At most so many calls for each value of a key, in a sliding window; one counter a key for the whole gateway. */
export const rateLimitByKey = definePolicy<Settings>({
  element: 'rate-limit-by-key',
  sections: ['inbound'],
  attributes,
  parse(xml, report) {
    report.empty(xml);
    return report.attributes(xml, attributes);
  },
  compile(settings, compiler) {
    const calls = compiler.value(settings.calls);
    const period = compiler.value(settings['renewal-period']);
    const key = compiler.value(settings['counter-key']);
    const condition =
      settings['increment-condition'] && compiler.laterValue(settings['increment-condition']);
    const amount = settings['increment-count'] && compiler.laterValue(settings['increment-count']);
    // An expression may look at the response: counting waits for the end of outbound (policy reference).
    const later =
      settings['increment-after-response'].literal === true ||
      isExpression(condition) ||
      isExpression(amount);
    const countAtEnd = async (context: PolicyContext, counter: Counter, limit: number) => {
      const state = await context.ports.counters.read(counter.key, counter.window);
      // Not this call but the next one sees that the limit is passed: 429 comes one call later than usual.
      const accepted = state.count <= limit;
      if (accepted)
        context.beforeResponse.push(() => countLater(context, counter, { condition, amount }));
      tell(context, settings, { ...state, accepted, limit });
    };
    return (context) => {
      const limit = calls.evaluate(context);
      const counter: Counter = {
        key: `rate:by-key:${key.evaluate(context)}`,
        window: { kind: 'sliding', period: period.evaluate(context) * 1000 },
      };
      if (later) return countAtEnd(context, counter, limit);
      const adds = condition && !condition.evaluate(context) ? 0 : (amount?.evaluate(context) ?? 1);
      const state = context.ports.counters.add(counter.key, adds, counter.window, limit);
      return state instanceof Promise
        ? state.then((late) => tell(context, settings, { ...late, limit }))
        : tell(context, settings, { ...state, limit });
    };
  },
});

/** What is counted, and over which time. */
interface Counter {
  readonly key: string;
  readonly window: { readonly kind: 'sliding'; readonly period: number };
}

function isExpression(value: Value<unknown> | undefined): boolean {
  return value !== undefined && value.constant === undefined;
}

async function countLater(
  context: PolicyContext,
  counter: Counter,
  {
    condition,
    amount,
  }: { condition: Value<boolean> | undefined; amount: Value<number> | undefined },
): Promise<void> {
  await bufferBodies(context, (condition?.reads ?? 0) | (amount?.reads ?? 0));
  if (condition && !condition.evaluate(context)) return;
  await context.ports.counters.add(
    counter.key,
    amount?.evaluate(context) ?? 1,
    counter.window,
    Infinity,
  );
}

interface Counted {
  readonly count: number;
  readonly resetAfter: number;
  readonly accepted: boolean;
  readonly limit: number;
}

/** Headers and variables about the counter; throws when it is exceeded. */
function tell(context: PolicyContext, settings: Settings, state: Counted): void {
  const seconds = secondsUntil(state.resetAfter);
  const remaining = Math.max(0, state.limit - state.count);
  const remainingHeader = settings['remaining-calls-header-name']?.literal;
  if (remainingHeader) context.setResponseHeader(remainingHeader, String(remaining));
  const totalHeader = settings['total-calls-header-name']?.literal;
  if (totalHeader) context.setResponseHeader(totalHeader, String(state.limit));
  const remainingVariable = settings['remaining-calls-variable-name']?.literal;
  if (remainingVariable) context.variables.set(remainingVariable, boxAs('int', remaining));
  if (state.accepted) return;
  const waitVariable = settings['retry-after-variable-name']?.literal;
  if (waitVariable) context.variables.set(waitVariable, boxAs('int', seconds));
  throw rateLimitExceeded(seconds, settings['retry-after-header-name'].literal ?? 'Retry-After');
}
