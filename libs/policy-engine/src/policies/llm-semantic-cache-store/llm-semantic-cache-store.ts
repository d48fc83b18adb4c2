import { definePolicy, type AnyPolicy } from '../../pipeline/policy.js';
import { flag, integer } from '../../values/attribute-rule.js';
import { storeResponse } from '../../values/stored-value.js';
import type { ParsedAttributes } from '../../values/value-source.js';
import {
  semanticPlan,
  type SemanticPlan,
} from '../llm-semantic-cache-lookup/llm-semantic-cache-lookup.js';

const attributes = { duration: integer({ required: true, least: 1 }), 'cache-response': flag() };

/** The policy under both its names. */
function semanticCacheStore(
  element: 'llm-semantic-cache-store' | 'azure-openai-semantic-cache-store',
): AnyPolicy {
  return definePolicy<ParsedAttributes<typeof attributes>>({
    element,
    sections: ['outbound'],
    scopes: ['global', 'product', 'api', 'operation'],
    attributes,
    parse(xml, report) {
      report.empty(xml);
      return report.attributes(xml, attributes);
    },
    compile(config, compiler) {
      const duration = compiler.value(config.duration);
      const cacheResponse = compiler.value(config['cache-response']);
      compiler.needs('response-body');
      return (context) => {
        const plan = context.notes.get(semanticPlan) as SemanticPlan | undefined;
        const { response } = context;
        if (!plan || !response) return;
        if (!(cacheResponse ? cacheResponse.evaluate(context) : response.statusCode === 200))
          return;
        const { data } = storeResponse(response);
        const seconds = duration.evaluate(context);
        context.afterwards.push(async () => {
          await context.ports.vectorStore.store(plan.partition, plan.vector, data, seconds);
        });
      };
    },
  });
}

/** Keeps the answer for prompts that are similar. */
export const llmSemanticCacheStore = semanticCacheStore('llm-semantic-cache-store');

/** Older name of llm-semantic-cache-store. */
export const azureOpenaiSemanticCacheStore = semanticCacheStore(
  'azure-openai-semantic-cache-store',
);
