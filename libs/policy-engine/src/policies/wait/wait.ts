import { runBlock, type Block } from '../../pipeline/block.js';
import type { PolicyElement } from '../../document/policy-element.js';
import type { PolicyContext } from '../../pipeline/context.js';
import { definePolicy } from '../../pipeline/policy.js';
import type { Outcome } from '../../pipeline/step.js';
import { choice } from '../../values/attribute-rule.js';
import type { ParsedAttributes } from '../../values/value-source.js';

const attributes = { for: choice(['all', 'any'], { default: 'all' }) };

/** Runs its children at the same time; ends with all of them or with the first. */
export const wait = definePolicy<{
  settings: ParsedAttributes<typeof attributes>;
  body: PolicyElement;
}>({
  element: 'wait',
  sections: ['inbound', 'backend', 'outbound'],
  attributes,
  parse: (xml, report) => ({ settings: report.attributes(xml, attributes), body: xml }),
  compile({ settings, body }, compiler) {
    const block = compiler.block(body, '', {
      only: ['send-request', 'cache-lookup-value', 'choose', 'include-fragment'],
    });
    const until = compiler.value(settings.for);
    const single = block.steps.map((step, i): Block => ({
      steps: [step],
      places: [block.places[i]!],
    }));
    return (context) => together(context, single, until.evaluate(context));
  },
});

async function together(
  context: PolicyContext,
  children: readonly Block[],
  until: 'all' | 'any',
): Promise<void | Outcome> {
  const outer = context.signal;
  const others = new AbortController();
  context.signal = AbortSignal.any([outer, others.signal]);
  const running = children.map(async (child) => await runBlock(child, context));
  try {
    const outcomes =
      until === 'any' && running.length > 0
        ? [await Promise.any(running).catch(firstReason)]
        : await Promise.all(running);
    return outcomes.find((outcome) => outcome !== undefined);
  } finally {
    context.signal = outer;
    others.abort();
    // What was cut off must not become an unhandled rejection.
    void Promise.allSettled(running);
  }
}

function firstReason(error: unknown): never {
  throw error instanceof AggregateError ? error.errors[0] : error;
}
