import type { PolicyElement } from '../../document/policy-element.js';
import { runBlock, type Block } from '../../pipeline/block.js';
import type { PolicyContext } from '../../pipeline/context.js';
import { definePolicy, everySection } from '../../pipeline/policy.js';
import type { Outcome } from '../../pipeline/step.js';
import { flag, integer, number } from '../../values/attribute-rule.js';
import { bufferBodies, type Value } from '../../values/value.js';
import type { ParsedAttributes } from '../../values/value-source.js';

const attributes = {
  condition: flag({ required: true }),
  count: integer({ required: true, least: 1, most: 50 }),
  interval: number({ required: true, least: 0 }),
  'max-interval': number({ least: 0 }),
  delta: number({ least: 0 }),
  'first-fast-retry': flag({ default: false }),
};

interface Waits {
  readonly interval: number;
  readonly delta: number | undefined;
  readonly most: number | undefined;
  readonly firstFast: boolean;
}

/** Seconds before the n-th retry (n from 1): fixed, linear with delta, exponential with delta and max-interval. */
function waitBefore(
  n: number,
  { interval, delta, most, firstFast }: Waits,
  random: () => number,
): number {
  if (firstFast && n === 1) return 0;
  if (delta === undefined) return most === undefined ? interval : Math.min(interval, most);
  if (most === undefined) return interval + (n - 1) * delta;
  return Math.min(interval + 2 ** (n - 1) * delta * (0.8 + 0.4 * random()), most);
}

/** Runs its policies again while the condition holds. A failure leaves only when the retries end (apim-observed 1.4). */
export const retry = definePolicy<{
  settings: ParsedAttributes<typeof attributes>;
  body: PolicyElement;
}>({
  element: 'retry',
  sections: everySection,
  attributes,
  parse: (xml, report) => ({ settings: report.attributes(xml, attributes), body: xml }),
  compile({ settings, body }, compiler) {
    const block = compiler.block(body, '', { not: ['wait'] });
    const condition = compiler.laterValue(settings.condition);
    const count = compiler.value(settings.count);
    const interval = compiler.value(settings.interval);
    const most = compiler.value(settings['max-interval']);
    const delta = compiler.value(settings.delta);
    const firstFast = compiler.value(settings['first-fast-retry']);
    return (context) =>
      attempts(context, block, {
        condition,
        count: count.evaluate(context),
        waits: {
          interval: interval.evaluate(context),
          delta: delta?.evaluate(context),
          most: most?.evaluate(context),
          firstFast: firstFast.evaluate(context),
        },
      });
  },
});

interface Plan {
  readonly condition: Value<boolean>;
  readonly count: number;
  readonly waits: Waits;
}

async function attempts(context: PolicyContext, block: Block, plan: Plan): Promise<void | Outcome> {
  const { clock, random } = context.ports;
  for (let n = 1; ; n++) {
    let failure: unknown;
    let failed = false;
    try {
      const outcome = await runBlock(block, context);
      if (outcome) return outcome;
    } catch (error) {
      failure = error;
      failed = true;
    }
    if (n <= plan.count) {
      await bufferBodies(context, plan.condition.reads);
      if (plan.condition.evaluate(context)) {
        const seconds = waitBefore(n, plan.waits, random);
        if (context.recorder)
          context.record('retry', {
            message: `Retry ${n} of ${plan.count} in ${seconds} seconds.`,
          });
        if (seconds > 0) await clock.sleep(seconds * 1000, context.signal);
        continue;
      }
    }
    if (failed) throw failure;
    return undefined;
  }
}
