import { Response } from '../../model/message.js';
import type { PolicyContext } from '../../pipeline/context.js';
import { definePolicy } from '../../pipeline/policy.js';
import { choice, flag, integer } from '../../values/attribute-rule.js';
import { storeResponse } from '../../values/stored-value.js';
import type { ParsedAttributes } from '../../values/value-source.js';
import { cachePlan, type CachePlan } from '../cache-lookup/cache-lookup.js';

const attributes = {
  duration: integer({ required: true, least: 0 }),
  'cache-response': flag(),
  /** Of older documents; the management portal wrote it. */
  'caching-mode': choice(['cache-on', 'do-not-cache'], { default: 'cache-on' }),
};

/** Stores the response under the key that cache-lookup made; only 200 unless cache-response says otherwise. */
export const cacheStore = definePolicy<ParsedAttributes<typeof attributes>>({
  element: 'cache-store',
  sections: ['outbound'],
  attributes,
  parse(xml, report) {
    report.empty(xml);
    return report.attributes(xml, attributes);
  },
  compile(config, compiler) {
    const duration = compiler.value(config.duration);
    const cacheResponse = compiler.value(config['cache-response']);
    const mode = compiler.value(config['caching-mode']);
    compiler.needs('response-body');
    return (context) => {
      const plan = context.notes.get(cachePlan) as CachePlan | undefined;
      const response = context.response;
      if (!plan || !response || mode.evaluate(context) === 'do-not-cache') return;
      if (!(cacheResponse ? cacheResponse.evaluate(context) : response.statusCode === 200)) return;
      const seconds = duration.evaluate(context);
      tellDownstream(context, plan, seconds);
      const copy = storeResponse(withoutGatewayHeaders(response, context));
      const done = context.ports.cache.set(plan.key, copy, seconds, plan.cachingType);
      done?.catch((error: unknown) =>
        context.ports.log.warn('cache-store failed', {
          requestId: context.requestId,
          message: String(error),
        }),
      );
    };
  },
});

/**
 * Headers that the gateway lays over each response anew (cors, rate limits) are not part of the entry, nor are cookies:
 * one caller's session is not for the next (API Management documents nothing; other caches leave them out as well).
 */
function withoutGatewayHeaders(response: Response, context: PolicyContext): Response {
  const headers = response.headers.clone();
  for (const name of context.responseHeaders.names()) if (name !== 'Vary') headers.delete(name);
  headers.delete('Set-Cookie');
  return new Response(response.statusCode, response.statusReason, headers, response.body);
}

/** Cache-Control for caches behind the gateway (downstream-caching-type, must-revalidate). */
function tellDownstream(context: PolicyContext, plan: CachePlan, seconds: number): void {
  const control =
    plan.downstream === 'none'
      ? 'no-cache, no-store'
      : `${plan.downstream}, max-age=${seconds}${plan.mustRevalidate ? ', must-revalidate' : ''}`;
  context.response!.headers.set('Cache-Control', control);
}
