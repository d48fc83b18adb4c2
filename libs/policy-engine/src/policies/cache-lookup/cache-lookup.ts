import { createHash } from 'node:crypto';
import type { PolicyElement } from '../../document/policy-element.js';
import type { Report } from '../../composition/report.js';
import type { PolicyContext } from '../../pipeline/context.js';
import { definePolicy } from '../../pipeline/policy.js';
import { respond } from '../../pipeline/step.js';
import type { CachingType } from '../../ports/cache.js';
import { choice, flag } from '../../values/attribute-rule.js';
import { restoreResponse } from '../../values/stored-value.js';
import type { Value } from '../../values/value.js';
import type { ParsedAttributes, ValueSource } from '../../values/value-source.js';

const attributes = {
  'vary-by-developer': flag({ required: true }),
  'vary-by-developer-groups': flag({ required: true }),
  'caching-type': choice(['prefer-external', 'external', 'internal'], {
    default: 'prefer-external',
  }),
  'downstream-caching-type': choice(['none', 'private', 'public'], { default: 'none' }),
  'must-revalidate': flag({ default: true }),
  'allow-private-response-caching': flag({ default: false }),
};

/** What cache-lookup leaves for cache-store. */
export interface CachePlan {
  readonly key: string;
  readonly cachingType: CachingType;
  readonly downstream: 'none' | 'private' | 'public';
  readonly mustRevalidate: boolean;
}

/** Where cache-store finds the plan. */
export const cachePlan = Symbol('cache-lookup');

interface Config {
  readonly settings: ParsedAttributes<typeof attributes>;
  readonly headers: readonly ValueSource<string>[];
  readonly parameters: readonly ValueSource<string>[];
}

/** Answers a GET from the cache; a hit ends the pipeline, a miss tells cache-store under which key to store. */
export const cacheLookup = definePolicy<Config>({
  element: 'cache-lookup',
  sections: ['inbound'],
  attributes,
  parse(xml: PolicyElement, report: Report) {
    const settings = report.attributes(xml, attributes);
    const found = report.children(xml, { 'vary-by-header': {}, 'vary-by-query-parameter': {} });
    const texts = (list: readonly PolicyElement[]): ValueSource<string>[] =>
      list.map((element) => report.text(element));
    return {
      settings,
      headers: texts(found['vary-by-header']),
      parameters: texts(found['vary-by-query-parameter']),
    };
  },
  compile({ settings, headers, parameters }, compiler) {
    const byDeveloper = compiler.value(settings['vary-by-developer']);
    const byGroups = compiler.value(settings['vary-by-developer-groups']);
    const cachingType = compiler.value(settings['caching-type']);
    const downstream = compiler.value(settings['downstream-caching-type']);
    const mustRevalidate = compiler.value(settings['must-revalidate']);
    const allowPrivate = compiler.value(settings['allow-private-response-caching']);
    const headerNames = headers.map((value) => compiler.value(value));
    const parameterNames = parameters.map((value) => compiler.value(value));
    return async (context) => {
      const { request } = context;
      if (request.method !== 'GET') return undefined;
      if (request.headers.has('Authorization') && !allowPrivate.evaluate(context)) return undefined;
      const parts = [
        context.parts.api?.id ?? '',
        context.parts.operation?.id ?? '',
        request.originalUrl.path,
        ...queryPart(context, names(parameterNames, context)),
        ...names(headerNames, context).map(
          (name) => `${name.toLowerCase()}=${request.headers.text(name) ?? ''}`,
        ),
        byDeveloper.evaluate(context)
          ? `developer=${context.parts.user?.id ?? context.parts.subscription?.id ?? ''}`
          : '',
        byGroups.evaluate(context)
          ? `groups=${(context.parts.user?.groups ?? [])
              .map((group) => group.id)
              .sort()
              .join(',')}`
          : '',
      ];
      const plan: CachePlan = {
        // Separated so that no two lists of parts give the same key.
        key: `response:${createHash('sha256').update(JSON.stringify(parts)).digest('base64url')}`,
        cachingType: cachingType.evaluate(context),
        downstream: downstream.evaluate(context),
        mustRevalidate: mustRevalidate.evaluate(context),
      };
      const found = await context.ports.cache.get(plan.key, plan.cachingType);
      if (found?.kind === 'response') {
        context.setResponse(restoreResponse(found.data));
        if (context.recorder)
          context.record('cache-lookup', {
            message: 'Cache lookup resulted in a hit! Response is available in the cache.',
          });
        return respond;
      }
      context.notes.set(cachePlan, plan);
      if (context.recorder)
        context.record('cache-lookup', { message: 'Cache lookup resulted in a miss.' });
      return undefined;
    };
  },
});

/** Each element may list several names, separated by semicolons. */
function names(values: readonly Value<string>[], context: PolicyContext): string[] {
  return values
    .flatMap((value) => value.evaluate(context).split(';'))
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .sort();
}

/** The named query parameters; all of them when none is named. */
function queryPart({ request }: PolicyContext, wanted: readonly string[]): string[] {
  const { query } = request.originalUrl;
  const used = wanted.length > 0 ? wanted : [...query.names()].sort();
  return used.map((name) => `${name.toLowerCase()}=${JSON.stringify(query.get(name) ?? [])}`);
}
