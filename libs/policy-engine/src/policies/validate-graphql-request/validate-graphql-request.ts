import type { PolicyElement } from '../../document/policy-element.js';
import type { Report } from '../../composition/report.js';
import { parseObject } from '../../ai/token-count.js';
import {
  GraphqlSyntaxError,
  parseGraphql,
  type GraphqlDocument,
  type GraphqlSelection,
} from '../../graphql/parse-query.js';
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

/** More fields than this are refused (policy reference). */
const mostFields = 250;

interface Config {
  readonly settings: ParsedAttributes<typeof attributes>;
  readonly rules: readonly ParsedAttributes<typeof ruleAttributes>[];
}

/** Checks size, depth and fields of a GraphQL request and authorises paths. */
export const validateGraphqlRequest = definePolicy<Config>({
  element: 'validate-graphql-request',
  sections: ['inbound'],
  scopes: ['global', 'workspace', 'product', 'api'],
  attributes,
  support: {
    level: 'partial',
    how: "the query is not checked against the schema; rules name paths of fields ('/Query/user'), action remove refuses as reject does",
  },
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
    const checks = rules.map(({ path, action }) => ({
      path: path.literal ?? '',
      action: compiler.value(action),
    }));
    compiler.needs('request-body');
    return (context) => {
      const fail = (statusCode: number, message: string): never => {
        if (variable) context.variables.set(variable, message);
        throw new PolicyError('GraphqlRequestInvalid', message, { statusCode, message });
      };
      const query = queryOf(context);
      const size = context.request.body?.content.length ?? 0;
      const limit = maxSize?.evaluate(context);
      if (limit !== undefined && size > limit)
        fail(
          400,
          `The request's body is ${size} bytes long and exceeds the limit of ${limit} bytes.`,
        );
      if (query === undefined) return fail(400, 'The request holds no GraphQL query.');
      const facts = factsOf(query, fail);
      if (facts.depth > maxDepth.evaluate(context))
        fail(
          400,
          `The query is nested ${facts.depth} levels deep, ${maxDepth.evaluate(context)} are allowed.`,
        );
      if (facts.fields > mostFields)
        fail(400, `The query asks for ${facts.fields} fields, ${mostFields} are allowed.`);
      for (const path of facts.paths) {
        const rule = closestRule(checks, path);
        const action = rule?.action.evaluate(context) ?? 'allow';
        if (action === 'reject' || action === 'remove')
          fail(403, `The path '${path}' is not allowed.`);
      }
      return undefined;
    };
  },
});

function queryOf({ request }: PolicyContext): string | undefined {
  if (request.method === 'GET') return request.originalUrl.query.get('query')?.[0];
  const content = request.body?.text ?? '';
  if (/^application\/graphql\b/i.test(request.headers.text('Content-Type') ?? '')) return content;
  const query = parseObject(content)?.['query'];
  return typeof query === 'string' ? query : undefined;
}

interface Facts {
  readonly depth: number;
  readonly fields: number;
  /** `/Query`, `/Query/user`, `/Query/user/name`. */
  readonly paths: readonly string[];
}

const roots = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' } as const;

function factsOf(query: string, fail: (statusCode: number, message: string) => never): Facts {
  let document: GraphqlDocument;
  try {
    document = parseGraphql(query);
  } catch (error) {
    if (error instanceof GraphqlSyntaxError) return fail(400, error.message);
    throw error;
  }
  const facts = { depth: 0, fields: 0, paths: [] as string[] };
  const walk = (
    selections: readonly GraphqlSelection[],
    path: string,
    depth: number,
    open: readonly string[],
  ): void => {
    for (const selection of selections) {
      if (facts.fields > mostFields) return;
      if (selection.kind === 'inline') walk(selection.selections, path, depth, open);
      else if (selection.kind === 'spread') {
        if (open.includes(selection.fragment))
          fail(400, `The fragment '${selection.fragment}' spreads itself.`);
        walk(document.fragments.get(selection.fragment) ?? [], path, depth, [
          ...open,
          selection.fragment,
        ]);
      } else {
        const here = `${path}/${selection.field.name}`;
        facts.fields++;
        facts.depth = Math.max(facts.depth, depth);
        facts.paths.push(here);
        walk(selection.field.selections, here, depth + 1, open);
      }
    }
  };
  for (const operation of document.operations) {
    facts.paths.push(`/${roots[operation.type]}`);
    walk(operation.selections, `/${roots[operation.type]}`, 1, []);
  }
  return facts;
}

/** The longest rule path that leads to a path; `/*` is about all, `__` paths about introspection. */
function closestRule<R extends { readonly path: string }>(
  rules: readonly R[],
  path: string,
): R | undefined {
  let best: R | undefined;
  for (const rule of rules) {
    const plain = rule.path.replace(/\/\*$/, '');
    const introspection = plain === '/__*' && /\/__\w+/.test(path);
    if (!introspection && plain !== '' && path !== plain && !path.startsWith(`${plain}/`)) continue;
    if (!best || plain.length > best.path.length) best = rule;
  }
  return best;
}
