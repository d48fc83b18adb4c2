import type { PolicyContext } from '../../pipeline/context.js';
import { definePolicy } from '../../pipeline/policy.js';
import type { CounterWindow } from '../../ports/counters.js';
import { flag, integer, text } from '../../values/attribute-rule.js';
import { bufferBodies, type Value } from '../../values/value.js';
import type { ParsedAttributes } from '../../values/value-source.js';
import { quotaExceeded } from '../rate-counting.js';

const attributes = {
  calls: integer({ least: 0 }),
  bandwidth: integer({ least: 0 }),
  'renewal-period': integer({ required: true, least: 0 }),
  'counter-key': text({ required: true }),
  'increment-condition': flag(),
  'increment-count': integer({ least: 0 }),
  'first-period-start': text({ default: '0001-01-01T00:00:00Z' }),
};

/** Keys that this request has counted already: one increment a key and request (policy reference). */
const countedKeys = Symbol('quota-by-key');

/** Calls and kilobytes for each value of a key, in fixed periods; one counter a key for the whole gateway. */
export const quotaByKey = definePolicy<ParsedAttributes<typeof attributes>>({
  element: 'quota-by-key',
  sections: ['inbound'],
  attributes,
  parse(xml, report) {
    report.empty(xml);
    const config = report.attributes(xml, attributes);
    const period = config['renewal-period'].literal;
    if (period !== undefined && period > 0 && period < 300) {
      report.problem(
        'invalid-value',
        "The 'renewal-period' attribute is invalid - The minimum period is 300 seconds.",
        xml,
      );
    }
    if (!config.calls && !config.bandwidth)
      report.problem(
        'missing-attribute',
        "At least one of 'calls' and 'bandwidth' must be given.",
        xml,
      );
    return config;
  },
  compile(config, compiler) {
    const calls = compiler.value(config.calls);
    const bandwidth = compiler.value(config.bandwidth);
    const period = compiler.value(config['renewal-period']);
    const key = compiler.value(config['counter-key']);
    const start = compiler.value(config['first-period-start']);
    const condition =
      config['increment-condition'] && compiler.laterValue(config['increment-condition']);
    const amount = config['increment-count'] && compiler.laterValue(config['increment-count']);
    return async (context) => {
      const window: CounterWindow = {
        kind: 'fixed',
        period: period.evaluate(context) * 1000,
        start: startOf(start.evaluate(context)),
      };
      const counter = `quota:by-key:${key.evaluate(context)}`;
      if (bandwidth)
        await spendBytes(context, { counter, window, limit: bandwidth.evaluate(context) * 1024 });
      if (calls)
        await spendCalls(
          context,
          { counter, window, limit: calls.evaluate(context) },
          { condition, amount },
        );
    };
  },
});

function startOf(text: string): number {
  const milliseconds = Date.parse(/[zZ]|[+-]\d\d:\d\d$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(milliseconds) ? Date.parse('0001-01-01T00:00:00Z') : milliseconds;
}

interface Counter {
  readonly counter: string;
  readonly window: CounterWindow;
  readonly limit: number;
}

function exceeded(
  kind: 'call volume' | 'bandwidth',
  resetAfter: number,
  window: CounterWindow,
): never {
  throw quotaExceeded(kind, window.period === 0 ? 0 : Math.max(1, Math.ceil(resetAfter / 1000)));
}

async function spendBytes(
  context: PolicyContext,
  { counter, window, limit }: Counter,
): Promise<void> {
  const { counters } = context.ports;
  const state = await counters.read(`${counter}:bytes`, window);
  if (state.count >= limit) exceeded('bandwidth', state.resetAfter, window);
  context.afterwards.push(async () => {
    await counters.add(`${counter}:bytes`, context.bytesTransferred, window, Infinity);
  });
}

async function spendCalls(
  context: PolicyContext,
  { counter, window, limit }: Counter,
  {
    condition,
    amount,
  }: { condition: Value<boolean> | undefined; amount: Value<number> | undefined },
): Promise<void> {
  const { counters } = context.ports;
  const counted = (context.notes.get(countedKeys) as Set<string> | undefined) ?? new Set<string>();
  context.notes.set(countedKeys, counted);
  const again = counted.has(counter);
  counted.add(counter);
  const later =
    (condition && condition.constant === undefined) || (amount && amount.constant === undefined);
  if (!later) {
    const adds = again || condition?.constant === false ? 0 : (amount?.constant ?? 1);
    const state = await counters.add(`${counter}:calls`, adds, window, limit);
    if (!state.accepted) exceeded('call volume', state.resetAfter, window);
    return;
  }
  const state = await counters.read(`${counter}:calls`, window);
  if (state.count >= limit) exceeded('call volume', state.resetAfter, window);
  if (again) return;
  context.beforeResponse.push(async () => {
    await bufferBodies(context, (condition?.reads ?? 0) | (amount?.reads ?? 0));
    if (condition && !condition.evaluate(context)) return;
    await counters.add(`${counter}:calls`, amount?.evaluate(context) ?? 1, window, Infinity);
  });
}
