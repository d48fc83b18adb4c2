import type { PolicyElement } from '../../document/policy-element.js';
import type { Report } from '../../composition/report.js';
import { Response } from '../../model/message.js';
import type { PolicyContext } from '../../pipeline/context.js';
import { definePolicy } from '../../pipeline/policy.js';
import { isPreflight } from '../../pipeline/run-preflight.js';
import { respond } from '../../pipeline/step.js';
import { flag, integer } from '../../values/attribute-rule.js';
import type { Value } from '../../values/value.js';
import type { ParsedAttributes, ValueSource } from '../../values/value-source.js';

const attributes = {
  'allow-credentials': flag({ default: false }),
  // Absent acts as true (apim-observed 5.1).
  'terminate-unmatched-request': flag({ default: true }),
};

const methodAttributes = { 'preflight-result-max-age': integer({ least: 0 }) };

interface Config {
  readonly settings: ParsedAttributes<typeof attributes>;
  readonly maxAge: ValueSource<number> | undefined;
  readonly origins: readonly ValueSource<string>[];
  readonly methods: readonly ValueSource<string>[] | undefined;
  readonly headers: readonly ValueSource<string>[];
  readonly exposed: readonly ValueSource<string>[];
}

/** Cross-origin calls: answers preflights, marks actual answers, ends what does not match. */
export const cors = definePolicy<Config>({
  element: 'cors',
  sections: ['inbound'],
  attributes,
  parse(xml, report) {
    const settings = report.attributes(xml, attributes);
    const found = report.children(xml, {
      'allowed-origins': { least: 1, most: 1 },
      'allowed-methods': { most: 1 },
      'allowed-headers': { most: 1 },
      'expose-headers': { most: 1 },
    });
    const [methods] = found['allowed-methods'];
    return {
      settings,
      maxAge: methods && report.attributes(methods, methodAttributes)['preflight-result-max-age'],
      origins: list(found['allowed-origins'][0], 'origin', report) ?? [],
      methods: list(methods, 'method', report),
      headers: list(found['allowed-headers'][0], 'header', report) ?? [],
      exposed: list(found['expose-headers'][0], 'header', report) ?? [],
    };
  },
  compile(config, compiler) {
    const values = (sources: readonly ValueSource<string>[]): Value<string>[] =>
      sources.map((source) => compiler.value(source));
    const rule: Rule = {
      origins: values(config.origins),
      methods: config.methods && values(config.methods),
      headers: values(config.headers),
      exposed: values(config.exposed),
      credentials: compiler.value(config.settings['allow-credentials']),
      terminate: compiler.value(config.settings['terminate-unmatched-request']),
      maxAge: compiler.value(config.maxAge),
    };
    compiler.preflight({
      answer: (context) => answerPreflight(rule, context),
      mark: (context) => markAllowed(rule, context),
    });
    return (context) => {
      if (isPreflight(context.request) && context.operation?.method !== 'OPTIONS') {
        return answerPreflight(rule, context) ? respond : undefined;
      }
      return actual(rule, context);
    };
  },
});

function list(
  xml: PolicyElement | undefined,
  name: string,
  report: Report,
): ValueSource<string>[] | undefined {
  if (!xml) return undefined;
  if (xml.name !== 'allowed-methods') report.attributes(xml, {});
  return report
    .children(xml, { [name]: { least: xml.name === 'allowed-origins' ? 1 : 0 } })
    [name]!.map((child) => report.text(child));
}

interface Rule {
  readonly origins: readonly Value<string>[];
  readonly methods: readonly Value<string>[] | undefined;
  readonly headers: readonly Value<string>[];
  readonly exposed: readonly Value<string>[];
  readonly credentials: Value<boolean>;
  readonly terminate: Value<boolean>;
  readonly maxAge: Value<number> | undefined;
}

function all(values: readonly Value<string>[], context: PolicyContext): string[] {
  return values.map((value) => value.evaluate(context).trim());
}

/** The value of Access-Control-Allow-Origin, or undefined when the origin is not allowed. */
function allowedOrigin(rule: Rule, origin: string, context: PolicyContext): string | undefined {
  const origins = all(rule.origins, context);
  const key = origin.toLowerCase().replace(/\/$/, '');
  if (origins.some((one) => one.toLowerCase().replace(/\/$/, '') === key)) return origin;
  if (!origins.includes('*')) return undefined;
  // A wildcard never goes together with credentials (Fetch standard).
  return '*';
}

function mark(rule: Rule, origin: string, context: PolicyContext): void {
  context.setResponseHeader('Access-Control-Allow-Origin', origin);
  if (origin === '*') return;
  context.setResponseHeader('Vary', 'Origin');
  if (rule.credentials.evaluate(context))
    context.setResponseHeader('Access-Control-Allow-Credentials', 'true');
}

function actual(rule: Rule, context: PolicyContext): typeof respond | undefined {
  const origin = context.request.headers.text('Origin');
  if (!origin) {
    if (context.recorder)
      context.record(
        'cors',
        'Origin header was missing or empty and the request was classified as not cross-domain. CORS policy was not applied.',
      );
    return undefined;
  }
  const allowed = allowedOrigin(rule, origin, context);
  if (allowed === undefined) {
    if (context.recorder)
      context.record('cors', { message: `The origin '${origin}' is not allowed.` });
    return rule.terminate.evaluate(context) ? empty(context) : undefined;
  }
  mark(rule, allowed, context);
  const exposed = all(rule.exposed, context);
  if (exposed.length > 0)
    context.setResponseHeader('Access-Control-Expose-Headers', exposed.join(','));
  return undefined;
}

function markAllowed(rule: Rule, context: PolicyContext): void {
  const origin = context.request.headers.text('Origin');
  const allowed = origin === undefined ? undefined : allowedOrigin(rule, origin, context);
  if (allowed !== undefined) mark(rule, allowed, context);
}

function empty(context: PolicyContext): typeof respond {
  context.setResponse(new Response(200));
  return respond;
}

/** True when this rule settles the preflight: it matched, or it ends what does not match. */
function answerPreflight(rule: Rule, context: PolicyContext): boolean {
  const { headers } = context.request;
  const origin = headers.text('Origin') ?? '';
  const method = headers.text('Access-Control-Request-Method') ?? '';
  const requested = (headers.text('Access-Control-Request-Headers') ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const allowed = allowedOrigin(rule, origin, context);
  const methods = rule.methods ? all(rule.methods, context) : ['GET', 'POST'];
  const names = all(rule.headers, context);
  const matches =
    allowed !== undefined &&
    methods.some((one) => one === '*' || one.toUpperCase() === method.toUpperCase()) &&
    requested.every(
      (name) =>
        simpleHeaders.has(name.toLowerCase()) ||
        names.some((one) => one === '*' || one.toLowerCase() === name.toLowerCase()),
    );
  if (!matches) {
    if (!rule.terminate.evaluate(context)) return false;
    empty(context);
    return true;
  }
  mark(rule, allowed, context);
  context.setResponse(new Response(200));
  const response = context.response!.headers;
  response.set('Access-Control-Allow-Methods', methods.includes('*') ? method : methods.join(','));
  if (names.includes('*')) {
    if (requested.length > 0) response.set('Access-Control-Allow-Headers', requested.join(','));
  } else if (names.length > 0) response.set('Access-Control-Allow-Headers', names.join(','));
  const maxAge = rule.maxAge?.evaluate(context);
  if (maxAge !== undefined) response.set('Access-Control-Max-Age', String(maxAge));
  return true;
}

/** Headers that need no permission (Fetch standard, safelisted). */
const simpleHeaders: ReadonlySet<string> = new Set([
  'accept',
  'accept-language',
  'content-language',
  'origin',
]);
