import type { PolicyElement } from '../../document/policy-element.js';
import type { Report } from '../../composition/report.js';
import type { PolicyContext } from '../../pipeline/context.js';
import { definePolicy } from '../../pipeline/policy.js';
import type { CounterWindow } from '../../ports/counters.js';
import { integer } from '../../values/attribute-rule.js';
import type { ParsedAttributes } from '../../values/value-source.js';
import { nestedLimits, ownerOf, type NestedLimit } from '../nested-limits.js';
import { quotaExceeded } from '../rate-counting.js';

const attributes = {
  calls: integer({ least: 1, expression: false }),
  bandwidth: integer({ least: 1, expression: false }),
  'renewal-period': integer({ required: true, least: 0, expression: false }),
};

interface Config {
  readonly settings: ParsedAttributes<typeof attributes>;
  readonly nested: readonly NestedLimit[];
}

interface Quota {
  readonly key: string;
  readonly calls: number | undefined;
  readonly bandwidth: number | undefined;
  readonly window: CounterWindow;
}

/** Calls and kilobytes of a subscription in fixed periods that begin with the subscription. */
export const quota = definePolicy<Config>({
  element: 'quota',
  sections: ['inbound'],
  scopes: ['product'],
  once: true,
  attributes,
  parse(xml: PolicyElement, report: Report) {
    const settings = report.attributes(xml, attributes);
    const nested = nestedLimits(xml, report);
    if (!settings.calls && !settings.bandwidth && nested.length === 0) {
      report.problem(
        'missing-attribute',
        "At least one of 'calls' and 'bandwidth' must be given.",
        xml,
      );
    }
    return { settings, nested };
  },
  compile(config, compiler) {
    const { scope, path } = compiler.place;
    return async (context) => {
      if (!context.parts.subscription) return;
      const prefix = `quota:${scope}:${ownerOf(context, scope)}:${path}:${context.parts.subscription.id}`;
      for (const one of quotasOf(config, context, prefix)) await spend(context, one);
    };
  },
});

function quotasOf({ settings, nested }: Config, context: PolicyContext, prefix: string): Quota[] {
  const { startDate, createdDate } = context.parts.subscription!;
  const start = Date.parse(startDate ?? createdDate) || 0;
  const seconds = settings['renewal-period'].literal ?? 0;
  const window = (period: number): CounterWindow => ({
    kind: 'fixed',
    period: period * 1000,
    start,
  });
  const own: Quota = {
    key: prefix,
    calls: settings.calls?.literal,
    bandwidth: settings.bandwidth?.literal,
    window: window(seconds),
  };
  const more = nested
    .filter((limit) => limit.applies(context))
    .map((limit) => ({
      key: `${prefix}:${limit.name}`,
      calls: limit.calls,
      bandwidth: limit.bandwidth,
      window: window(limit.period ?? seconds),
    }));
  return [...more, own];
}

async function spend(context: PolicyContext, one: Quota): Promise<void> {
  const { counters } = context.ports;
  if (one.bandwidth !== undefined) {
    const bytes = one.bandwidth * 1024;
    const state = await counters.read(`${one.key}:bytes`, one.window);
    if (state.count >= bytes) throw quotaExceeded('bandwidth', wait(state.resetAfter, one.window));
    context.afterwards.push(async () => {
      await counters.add(`${one.key}:bytes`, context.bytesTransferred, one.window, Infinity);
    });
  }
  if (one.calls === undefined) return;
  const state = await counters.add(`${one.key}:calls`, 1, one.window, one.calls);
  if (!state.accepted) throw quotaExceeded('call volume', wait(state.resetAfter, one.window));
}

function wait(milliseconds: number, window: CounterWindow): number {
  return window.period === 0 ? 0 : Math.max(1, Math.ceil(milliseconds / 1000));
}
