import { GraphQLError, print, validate, type DocumentNode, type FieldNode } from 'graphql';
import type { PolicyElement } from '../../document/policy-element.js';
import type { Report } from '../../composition/report.js';
import {
  GraphqlRequestError,
  parseQuery,
  readGraphqlRequest,
  type GraphqlRequest,
} from '../../graphql/graphql-request.js';
import { mostFields, queryFacts, withoutFields } from '../../graphql/query-facts.js';
import { replaceBody } from '../../model/message.js';
import { builtBody } from '../../pipeline/built-body.js';
import type { PolicyContext } from '../../pipeline/context.js';
import { definePolicy } from '../../pipeline/policy.js';
import { PolicyError } from '../../pipeline/policy-error.js';
import { choice, integer, text } from '../../values/attribute-rule.js';
import type { ParsedAttributes } from '../../values/value-source.js';

const attributes = {
  'error-variable-name': text({ expression: false }),
  'max-size': integer({ least: 1, most: 102_400 }),
  'max-depth': integer({ default: 6, least: 1 }),
};
const ruleAttributes = {
  path: text({ required: true, expression: false }),
  action: choice(['allow', 'remove', 'reject', 'ignore'], { required: true }),
};

type Action = 'allow' | 'remove' | 'reject' | 'ignore';

interface Config {
  readonly settings: ParsedAttributes<typeof attributes>;
  readonly rules: readonly ParsedAttributes<typeof ruleAttributes>[];
}

/** A rule's path and its action for the request at hand. */
interface Rule {
  readonly path: string;
  readonly action: () => Action;
}

/**
 * Checks size, depth and fields of a GraphQL request, checks it against the API's schema where there is one, and
 * authorises paths. `remove` takes a field out of what the backend gets.
 */
export const validateGraphqlRequest = definePolicy<Config>({
  element: 'validate-graphql-request',
  sections: ['inbound'],
  scopes: ['global', 'workspace', 'product', 'api'],
  attributes,
  parse(xml: PolicyElement, report: Report) {
    const settings = report.attributes(xml, attributes);
    const [authorize] = report.children(xml, { authorize: { most: 1 } }).authorize;
    const rules = authorize ? report.children(authorize, { rule: {} }).rule : [];
    return { settings, rules: rules.map((element) => report.attributes(element, ruleAttributes)) };
  },
  compile({ settings, rules }, compiler) {
    const maxSize = compiler.value(settings['max-size']);
    const maxDepth = compiler.value(settings['max-depth']);
    const variable = settings['error-variable-name']?.literal;
    const checks = rules
      .map(({ path, action }) => ({ path: path.literal ?? '', action: compiler.value(action) }))
      // The most specific path first; ones as specific in the order of the document.
      .sort((a, b) => segmentsOf(b.path) - segmentsOf(a.path));
    compiler.needs('request-body');
    return (context) => {
      try {
        checkSize(context, maxSize?.evaluate(context));
        const request = readGraphqlRequest(context);
        const document = parseQuery(request.query);
        checkDocument(context, document, maxDepth.evaluate(context));
        authorise(
          context,
          { request, document },
          checks.map(({ path, action }) => ({
            path,
            action: () => action.evaluate(context) as Action,
          })),
        );
      } catch (error) {
        const { message } = error as Error;
        const refused = error instanceof PolicyError && error.reason === reason;
        if (!refused && !(error instanceof GraphQLError || error instanceof GraphqlRequestError))
          throw error;
        if (variable) context.variables.set(variable, message);
        throw refused ? error : invalid(message);
      }
      return undefined;
    };
  },
});

const reason = 'GraphqlRequestInvalid';

function invalid(message: string, statusCode = 400): PolicyError {
  return new PolicyError(reason, message, { statusCode, message });
}

function checkSize({ request }: PolicyContext, limit: number | undefined): void {
  const size = request.body?.content.length ?? 0;
  if (limit !== undefined && size > limit)
    throw invalid(
      `The request's body is ${size} bytes long and exceeds the limit of ${limit} bytes.`,
    );
}

function checkDocument(context: PolicyContext, document: DocumentNode, maxDepth: number): void {
  const { depth, fields } = queryFacts(document, undefined);
  if (depth > maxDepth)
    throw invalid(`The query is nested ${depth} levels deep, ${maxDepth} are allowed.`);
  if (fields > mostFields) throw invalid(`The query asks for more than ${mostFields} fields.`);
  const schema = context.parts.api?.graphql?.schema;
  const [mistake] = schema ? validate(schema, document, undefined, { maxErrors: 1 }) : [];
  if (mistake) throw mistake;
}

/** Applies the rules to each field; refuses the request or takes fields out of it. */
function authorise(
  context: PolicyContext,
  { request, document }: { readonly request: GraphqlRequest; readonly document: DocumentNode },
  rules: readonly Rule[],
): void {
  if (rules.length === 0) return;
  const unwanted = new Set<FieldNode>();
  for (const { node, paths } of queryFacts(document, context.parts.api?.graphql?.schema).paths) {
    const { action, path } = decide(rules, paths);
    if (action === 'reject') throw invalid(`The path '${path}' is not allowed.`, 403);
    if (action === 'remove') unwanted.add(node);
  }
  if (unwanted.size === 0) return;
  const left = withoutFields(document, unwanted);
  if (!left) throw invalid('No field of the query is allowed.', 403);
  replaceQuery(context, request, print(left));
}

/** The first rule for one of the paths whose action is not `ignore`. */
function decide(
  rules: readonly Rule[],
  paths: readonly string[],
): { readonly action: Action; readonly path: string } {
  for (const rule of rules) {
    const path = paths.find((one) => matches(rule.path, one));
    const action = path === undefined ? 'ignore' : rule.action();
    if (path !== undefined && action !== 'ignore') return { action, path };
  }
  return { action: 'allow', path: '' };
}

/** `/*` is about everything, `/__*` about introspection, a path about itself and what is below it. */
function matches(rule: string, path: string): boolean {
  if (rule === '/__*') return /\/__\w+$/.test(path);
  const plain = rule.replace(/\/\*?$/, '');
  return plain === '' || path === plain || path.startsWith(`${plain}/`);
}

function segmentsOf(path: string): number {
  return path.replace(/\/\*?$/, '').split('/').length;
}

function replaceQuery(context: PolicyContext, given: GraphqlRequest, query: string): void {
  const { request } = context;
  if (request.method === 'GET') {
    request.url.query.set('query', [query]);
    return;
  }
  if (/^application\/graphql\b(?!-)/i.test(request.headers.text('Content-Type') ?? ''))
    return replaceBody(request, builtBody(context, query));
  replaceBody(request, builtBody(context, JSON.stringify({ ...given, query })));
}
