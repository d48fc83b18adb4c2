import type { PolicyElement } from '../../document/policy-element.js';
import type { Report } from '../../composition/report.js';
import { postToBackend } from '../../ai/model-call.js';
import { parseObject } from '../../ai/token-count.js';
import type { PolicyContext } from '../../pipeline/context.js';
import { definePolicy, type AnyPolicy } from '../../pipeline/policy.js';
import { respond } from '../../pipeline/step.js';
import { flag, integer, number, text } from '../../values/attribute-rule.js';
import { restoreResponse } from '../../values/stored-value.js';
import type { ParsedAttributes, ValueSource } from '../../values/value-source.js';

const attributes = {
  'score-threshold': number({ required: true, least: 0, most: 1 }),
  'embeddings-backend-id': text({ required: true }),
  /** `system-assigned` or another name of the gateway's identity; absent or `none`: no token. */
  'embeddings-backend-auth': text({ default: 'none' }),
  'ignore-system-messages': flag({ default: false }),
  'max-message-count': integer({ least: 1 }),
};

/** What the lookup leaves for the store. */
export interface SemanticPlan {
  readonly partition: string;
  readonly vector: readonly number[];
}

/** Where llm-semantic-cache-store finds the plan. */
export const semanticPlan = Symbol('semantic cache');

interface Config {
  readonly settings: ParsedAttributes<typeof attributes>;
  readonly varyBy: readonly ValueSource<string>[];
}

/** The policy under both its names. */
function semanticCacheLookup(
  element: 'llm-semantic-cache-lookup' | 'azure-openai-semantic-cache-lookup',
): AnyPolicy {
  return definePolicy<Config>({
    element,
    sections: ['inbound'],
    scopes: ['global', 'product', 'api', 'operation'],
    attributes,
    parse(xml: PolicyElement, report: Report) {
      const settings = report.attributes(xml, attributes);
      return {
        settings,
        varyBy: report
          .children(xml, { 'vary-by': {} })
          ['vary-by'].map((child) => report.text(child)),
      };
    },
    compile({ settings, varyBy }, compiler) {
      const threshold = compiler.value(settings['score-threshold']);
      const backendId = compiler.value(settings['embeddings-backend-id']);
      const auth = compiler.value(settings['embeddings-backend-auth']);
      const ignoreSystem = compiler.value(settings['ignore-system-messages']);
      const most = compiler.value(settings['max-message-count']);
      const partitions = varyBy.map((value) => compiler.value(value));
      compiler.needs('request-body');
      return async (context) => {
        const prompt = promptOf(context, {
          ignoreSystem: ignoreSystem.evaluate(context),
          most: most?.evaluate(context),
        });
        if (prompt === undefined) return undefined;
        const partition = JSON.stringify([
          context.parts.api?.id ?? '',
          context.parts.operation?.id ?? '',
          ...partitions.map((value) => value.evaluate(context)),
        ]);
        try {
          const vector = await embed(context, {
            backendId: backendId.evaluate(context),
            identity: auth.evaluate(context) !== 'none',
            prompt,
          });
          const match = await context.ports.vectorStore.nearest(partition, vector);
          if (match && match.distance <= threshold.evaluate(context)) {
            context.setResponse(restoreResponse(match.data));
            return respond;
          }
          context.notes.set(semanticPlan, { partition, vector } satisfies SemanticPlan);
        } catch (error) {
          // A cache that cannot be asked is a miss.
          context.ports.log.warn(`${element} failed`, {
            requestId: context.requestId,
            message: String(error),
          });
        }
        return undefined;
      };
    },
  });
}

/** The texts that are compared; undefined when the conversation is too long or is none. */
function promptOf(
  context: PolicyContext,
  { ignoreSystem, most }: { ignoreSystem: boolean; most: number | undefined },
): string | undefined {
  const request = parseObject(context.request.body?.text ?? '');
  const messages = request?.['messages'];
  if (!Array.isArray(messages))
    return typeof request?.['prompt'] === 'string' ? request['prompt'] : undefined;
  if (most !== undefined && messages.length > most) return undefined;
  const used = (messages as { role?: unknown; content?: unknown }[]).filter(
    (message) => !ignoreSystem || message?.role !== 'system',
  );
  return used
    .map((message) =>
      typeof message?.content === 'string'
        ? message.content
        : JSON.stringify(message?.content ?? ''),
    )
    .join('\n');
}

async function embed(
  context: PolicyContext,
  { backendId, identity, prompt }: { backendId: string; identity: boolean; prompt: string },
): Promise<number[]> {
  const answer = (await postToBackend(context, backendId, {
    path: '',
    body: { input: prompt },
    identity,
  })) as { data?: { embedding?: unknown }[] };
  const vector = answer.data?.[0]?.embedding;
  if (!Array.isArray(vector) || !vector.every((value) => typeof value === 'number'))
    throw new Error('The embeddings backend gave no vector.');
  return vector;
}

/** Answers from the cache when a similar prompt was answered before. */
export const llmSemanticCacheLookup = semanticCacheLookup('llm-semantic-cache-lookup');

/** Older name of llm-semantic-cache-lookup. */
export const azureOpenaiSemanticCacheLookup = semanticCacheLookup(
  'azure-openai-semantic-cache-lookup',
);
