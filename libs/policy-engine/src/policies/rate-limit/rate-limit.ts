import type { PolicyElement } from '../../document/policy-element.js';
import type { Report } from '../../composition/report.js';
import type { PolicyContext } from '../../pipeline/context.js';
import { definePolicy } from '../../pipeline/policy.js';
import type { Scope } from '../../pipeline/scope.js';
import { boxAs } from '@isthmus/policy-expressions';
import { integer, text } from '../../values/attribute-rule.js';
import type { ParsedAttributes } from '../../values/value-source.js';
import { nestedLimits, ownerOf, type NestedLimit } from '../nested-limits.js';
import { longestWindow, rateLimitExceeded, secondsUntil } from '../rate-counting.js';

const attributes = {
  calls: integer({ required: true, least: 1, expression: false }),
  'renewal-period': integer({ required: true, least: 1, most: longestWindow, expression: false }),
  'retry-after-header-name': text({ default: 'Retry-After', expression: false }),
  'retry-after-variable-name': text({ expression: false }),
  'remaining-calls-header-name': text({ expression: false }),
  'remaining-calls-variable-name': text({ expression: false }),
  'total-calls-header-name': text({ expression: false }),
};

type Settings = ParsedAttributes<typeof attributes>;

interface Config {
  readonly settings: Settings;
  readonly nested: readonly NestedLimit[];
}

/** At most so many calls of a subscription in a sliding window. Calls without a key are not limited. */
export const rateLimit = definePolicy<Config>({
  element: 'rate-limit',
  sections: ['inbound'],
  scopes: ['product', 'api', 'operation'],
  once: true,
  attributes,
  parse(xml: PolicyElement, report: Report) {
    return { settings: report.attributes(xml, attributes), nested: nestedLimits(xml, report) };
  },
  compile(config, compiler) {
    const { scope, path } = compiler.place;
    return async (context) => {
      if (!context.parts.subscription) return;
      for (const limit of limitsOf(config, context, scope))
        await count(context, config.settings, { ...limit, key: `${scope}:${path}:${limit.key}` });
    };
  },
});

interface Limit {
  readonly key: string;
  readonly calls: number;
  /** Seconds. */
  readonly period: number;
}

/** The limit of the policy itself and those nested limits that are about this API and operation. */
function limitsOf({ settings, nested }: Config, context: PolicyContext, scope: Scope): Limit[] {
  const subscription = context.parts.subscription!.id;
  const own = {
    key: `${ownerOf(context, scope)}:${subscription}`,
    calls: settings.calls.literal ?? 1,
    period: settings['renewal-period'].literal ?? 1,
  };
  const more = nested
    .filter((limit) => limit.applies(context))
    .map((limit) => ({
      key: `${limit.name}:${subscription}`,
      calls: limit.calls ?? own.calls,
      period: limit.period ?? own.period,
    }));
  return [...more, own];
}

async function count(context: PolicyContext, settings: Settings, limit: Limit): Promise<void> {
  const state = await context.ports.counters.add(
    `rate:${limit.key}`,
    1,
    { kind: 'sliding', period: limit.period * 1000 },
    limit.calls,
  );
  const seconds = secondsUntil(state.resetAfter);
  const remaining = Math.max(0, limit.calls - state.count);
  const header = (name: string | undefined, value: number): void => {
    if (name) context.setResponseHeader(name, String(value));
  };
  header(settings['remaining-calls-header-name']?.literal, remaining);
  header(settings['total-calls-header-name']?.literal, limit.calls);
  const remainingVariable = settings['remaining-calls-variable-name']?.literal;
  if (remainingVariable) context.variables.set(remainingVariable, boxAs('int', remaining));
  if (state.accepted) return;
  const waitVariable = settings['retry-after-variable-name']?.literal;
  if (waitVariable) context.variables.set(waitVariable, boxAs('int', seconds));
  throw rateLimitExceeded(seconds, settings['retry-after-header-name'].literal ?? 'Retry-After');
}
