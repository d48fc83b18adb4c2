import { createHash } from 'node:crypto';
import type { PolicyElement } from '../../document/policy-element.js';
import type { Report } from '../../composition/report.js';
import type { PolicyContext } from '../../pipeline/context.js';
import { definePolicy } from '../../pipeline/policy.js';
import { respond } from '../../pipeline/step.js';
import type { UserInfo } from '../../model/entities.js';
import type { CachedValue, CachingType } from '../../ports/cache.js';
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
    const found = (context: PolicyContext, plan: CachePlan, value: CachedValue | undefined) => {
      if (value?.kind === 'response') {
        if (value.own) context.parts.bodyRoom?.take(value.data.length);
        context.setResponse(restoreResponse(value.data));
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
    return (context) => {
      const { request } = context;
      if (request.method !== 'GET') return undefined;
      if (request.headers.has('Authorization') && !allowPrivate.evaluate(context)) return undefined;
      const { api, operation, user, subscription } = context.parts;
      let key = part(api?.id ?? '') + part(operation?.id ?? '') + part(request.originalUrl.path);
      key += queryPart(context, names(parameterNames, context));
      for (const name of names(headerNames, context))
        key += part(`${name.toLowerCase()}=${request.headers.text(name) ?? ''}`);
      if (byDeveloper.evaluate(context))
        key += part(`developer=${user?.id ?? subscription?.id ?? ''}`);
      if (byGroups.evaluate(context)) key += groupsPart(user);
      const plan: CachePlan = {
        key: `response:${key.length > longestKey ? digest(key) : key}`,
        cachingType: cachingType.evaluate(context),
        downstream: downstream.evaluate(context),
        mustRevalidate: mustRevalidate.evaluate(context),
      };
      const value = context.ports.cache.get(plan.key, plan.cachingType);
      return value instanceof Promise
        ? value.then((late) => found(context, plan, late))
        : found(context, plan, value);
    };
  },
});

/** Keys above this length are hashed; callers choose some of their parts. */
const longestKey = 1024;

function digest(text: string): string {
  return `#${createHash('sha256').update(text).digest('base64url')}`;
}

/** One part of a key with its length in front, so that no two lists of parts give the same key. */
function part(text: string): string {
  return `${text.length}:${text}`;
}

function groupsPart(user: UserInfo | undefined): string {
  const ids = (user?.groups ?? []).map((group) => group.id).sort();
  return part(`groups=${ids.join(',')}`);
}

/** Each element may list several names, separated by semicolons. */
function names(values: readonly Value<string>[], context: PolicyContext): readonly string[] {
  if (values.length === 0) return none;
  return values
    .flatMap((value) => value.evaluate(context).split(';'))
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .sort();
}

const none: readonly string[] = [];

/** The named query parameters; all of them when none is named. */
function queryPart({ request }: PolicyContext, wanted: readonly string[]): string {
  const { query } = request.originalUrl;
  const used = wanted.length > 0 ? wanted : query.isEmpty ? none : [...query.names()].sort();
  let text = part(String(used.length));
  for (const name of used)
    text += part(`${name.toLowerCase()}=${JSON.stringify(query.get(name) ?? [])}`);
  return text;
}
