import type { PolicyElement } from '../../document/policy-element.js';
import { runBlock } from '../../pipeline/block.js';
import { definePolicy, everySection } from '../../pipeline/policy.js';
import { PolicyError } from '../../pipeline/policy-error.js';
import { isThenable } from '../../pipeline/step.js';
import type { Counters } from '../../ports/counters.js';
import { integer, text } from '../../values/attribute-rule.js';
import type { ParsedAttributes } from '../../values/value-source.js';

const attributes = {
  key: text({ required: true }),
  'max-count': integer({ required: true, least: 1, expression: false }),
};

/** Requests inside by key, for each gateway process: its counters live as long as it does. */
const inside = new WeakMap<Counters, Map<string, number>>();

function countsOf(counters: Counters): Map<string, number> {
  let counts = inside.get(counters);
  if (!counts) inside.set(counters, (counts = new Map()));
  return counts;
}

/** Lets at most so many requests with the same key into the enclosed policies; others get 429 at once. */
export const limitConcurrency = definePolicy<{
  settings: ParsedAttributes<typeof attributes>;
  body: PolicyElement;
}>({
  element: 'limit-concurrency',
  sections: everySection,
  attributes,
  parse: (xml, report) => ({ settings: report.attributes(xml, attributes), body: xml }),
  compile({ settings, body }, compiler) {
    const block = compiler.block(body);
    const keyValue = compiler.value(settings.key);
    const most = settings['max-count'].literal ?? 1;
    return (context) => {
      const counts = countsOf(context.ports.counters);
      const key = keyValue.evaluate(context);
      const now = counts.get(key) ?? 0;
      if (now >= most) {
        throw new PolicyError('ConcurrencyLimitExceeded', 'Concurrency limit is exceeded', {
          statusCode: 429,
          message: 'Concurrency limit is exceeded. Try again later.',
        });
      }
      counts.set(key, now + 1);
      const leave = (): void => {
        const left = counts.get(key)! - 1;
        if (left > 0) counts.set(key, left);
        else counts.delete(key);
      };
      let waiting = false;
      try {
        const result = runBlock(block, context);
        if (!isThenable(result)) return result;
        waiting = true;
        return result.then(
          (outcome) => {
            leave();
            return outcome;
          },
          (error: unknown) => {
            leave();
            throw error;
          },
        );
      } finally {
        if (!waiting) leave();
      }
    };
  },
});
