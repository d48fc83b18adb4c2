import { whenUsageIsKnown } from '../../ai/answer-usage.js';
import { definePolicy, type AnyPolicy } from '../../pipeline/policy.js';
import { text } from '../../values/attribute-rule.js';
import type { ParsedAttributes } from '../../values/value-source.js';
import { compileDimensions, parseDimensions, type DimensionConfig } from '../metric-dimensions.js';

const attributes = { namespace: text({ default: 'API Management', expression: false }) };

/** The policy under both its names. */
function emitTokenMetric(
  element: 'llm-emit-token-metric' | 'azure-openai-emit-token-metric',
): AnyPolicy {
  return definePolicy<{
    settings: ParsedAttributes<typeof attributes>;
    dimensions: DimensionConfig[];
  }>({
    element,
    sections: ['inbound'],
    attributes,
    parse: (xml, report) => ({
      settings: report.attributes(xml, attributes),
      dimensions: parseDimensions(xml, report),
    }),
    compile({ settings, dimensions }, compiler) {
      const namespace = settings.namespace.literal ?? '';
      const dimensionsOf = compileDimensions(dimensions, compiler);
      return (context) => {
        const told = dimensionsOf(context);
        context.onResponse.push(() =>
          whenUsageIsKnown(context, ({ prompt, completion, total }) => {
            const { log } = context.ports;
            log.metric({ namespace, name: 'Prompt Tokens', value: prompt, dimensions: told });
            log.metric({
              namespace,
              name: 'Completion Tokens',
              value: completion,
              dimensions: told,
            });
            log.metric({ namespace, name: 'Total Tokens', value: total, dimensions: told });
          }),
        );
      };
    },
  });
}

/** Sends the token usage of language model calls as metrics. */
export const llmEmitTokenMetric = emitTokenMetric('llm-emit-token-metric');

/** Older name of llm-emit-token-metric. */
export const azureOpenaiEmitTokenMetric = emitTokenMetric('azure-openai-emit-token-metric');
