import { JsonBoundError, parseBoundedJson } from '../values/bounded-json.js';
import { environmentOf } from '../composition/compile-policies.js';
import { compileSection, emptySection, type SectionBlock } from '../composition/compile-section.js';
import type { CompileOptions, Environment } from '../composition/environment.js';
import { loadDocument, type LoadedDocument } from '../composition/load-document.js';
import { Report } from '../composition/report.js';
import { PolicyDocument, type PolicySource } from '../document/policy-document.js';
import type { PolicyElement } from '../document/policy-element.js';
import type { PolicyProblem } from '../document/problem.js';
import type { Body } from '../model/body.js';
import { Headers } from '../model/headers.js';
import { Query } from '../model/query.js';
import { RequestUrl } from '../model/request-url.js';
import { runBlock, type Block } from '../pipeline/block.js';
import { builtBody } from '../pipeline/built-body.js';
import { Cancellation } from '../pipeline/cancellation.js';
import { PolicyContext } from '../pipeline/context.js';
import type { AnyPolicy } from '../pipeline/policy.js';
import { PolicyError } from '../pipeline/policy-error.js';
import type { Section } from '../pipeline/scope.js';
import { publishEvent } from '../policies/publish-event/publish-event.js';
import { setUrl } from '../policies/http-data-source/set-url.js';

/** What a field is resolved with; JSON values. */
export interface FieldInput {
  readonly arguments: Readonly<Record<string, unknown>>;
  /** The object that the field belongs to; undefined at the root. */
  readonly parent: unknown;
}

/** Gets a field's value from its data source. Rejects with what the policies threw. */
export type Resolver = (outer: PolicyContext, input: FieldInput) => Promise<unknown>;

/** The parts of `http-data-source` with the section whose rules hold in them, and what may stand there (policy reference). */
const parts = {
  'http-request': {
    section: 'inbound',
    only: [
      'get-authorization-context',
      'set-backend-service',
      'set-method',
      'set-url',
      'set-header',
      'set-query-parameter',
      'set-body',
      'authentication-basic',
      'authentication-certificate',
      'authentication-managed-identity',
    ],
  },
  backend: { section: 'backend', only: ['forward-request'] },
  'http-response': {
    section: 'outbound',
    only: ['set-body', 'xml-to-json', 'find-and-replace', 'publish-event'],
  },
} as const satisfies Record<string, { section: Section; only: readonly string[] }>;

type Part = keyof typeof parts;

/** Steps without which a resolver would not send anything. */
const usualBackend = PolicyDocument.of({
  text: '<http-data-source><backend><forward-request /></backend></http-data-source>',
}).root!.children[0]!;

/** Compiles a resolver's document (`http-data-source`). `field`: `Query/users`. */
export function compileResolver(
  source: PolicySource,
  field: string,
  options: CompileOptions = {},
): { readonly resolver?: Resolver; readonly problems: readonly PolicyProblem[] } {
  const environment = resolverEnvironment(options);
  const loaded = loadDocument(source, undefined);
  const found: PolicyProblem[] = [...loaded.problems];
  const root = loaded.resolver;
  if (!root) {
    if (found.length === 0)
      found.push(
        loaded.document.problem(
          'unknown-element',
          "A resolver's document must have 'http-data-source' as its root element.",
          { offset: 0 },
        ),
      );
    return { problems: found };
  }
  const blocks = compileParts(loaded, root, { environment, found });
  if (found.length > 0) return { problems: found };
  return { problems: found, resolver: (outer, input) => resolve(blocks, outer, { field, input }) };
}

interface Blocks {
  readonly request: Block;
  readonly backend: Block;
  readonly response: Block;
  /** An own body is the field's value whatever the status code was. */
  readonly makesBody: boolean;
}

function compileParts(
  loaded: LoadedDocument,
  root: PolicyElement,
  work: { readonly environment: Environment; readonly found: PolicyProblem[] },
): Blocks {
  const { environment, found } = work;
  const report = new Report({
    document: loaded.document,
    scope: undefined,
    section: undefined,
    namedValues: environment.namedValues,
    problems: found,
    known: environment.options,
  });
  report.attributes(root, {});
  const children = report.children(root, {
    'http-request': { least: 1, most: 1 },
    backend: { most: 1 },
    'http-response': { most: 1 },
  });
  const block = (part: Part, element: PolicyElement | undefined): SectionBlock => {
    if (!element) return emptySection;
    const { section, only } = parts[part];
    report.attributes(element, {});
    const compiled = compileSection(
      { loaded, element, section, parent: emptySection, nesting: { only } },
      environment,
    );
    found.push(...compiled.problems);
    return compiled;
  };
  const [request] = children['http-request'];
  const names = (request?.children ?? []).map((child) => child.name);
  const says = (name: string): boolean =>
    names.includes(name) || names.includes('include-fragment');
  if (request && !says('set-url') && !says('set-backend-service'))
    report.problem('missing-element', "The element 'http-request' needs 'set-url'.", request);
  if (request && !says('set-method'))
    report.problem('missing-element', "The element 'http-request' needs 'set-method'.", request);
  return {
    request: block('http-request', request),
    backend: block('backend', children.backend[0] ?? usualBackend),
    response: block('http-response', children['http-response'][0]),
    makesBody: (children['http-response'][0]?.children ?? []).some(
      (child) => child.name === 'set-body' || child.name === 'include-fragment',
    ),
  };
}

/** `set-url` and `publish-event` are policies in resolvers only. */
function resolverEnvironment(options: CompileOptions): Environment {
  const environment = environmentOf(options);
  const own: readonly AnyPolicy[] = [setUrl, publishEvent];
  return {
    ...environment,
    policies: new Map([
      ...environment.policies,
      ...own.map((policy): [string, AnyPolicy] => [policy.element, policy]),
    ]),
  };
}

async function resolve(
  blocks: Blocks,
  outer: PolicyContext,
  { field, input }: { readonly field: string; readonly input: FieldInput },
): Promise<unknown> {
  const given = builtBody(outer, JSON.stringify({ arguments: input.arguments }));
  const context = resolverContext(outer, input, given);
  context.section = 'inbound';
  await runBlock(blocks.request, context);
  // The arguments are there to be read; what goes out is what set-body made.
  if (context.request.body === given) context.request.body = null;
  context.section = 'backend';
  await runBlock(blocks.backend, context);
  context.section = 'outbound';
  const { statusCode } = context.ensureResponse();
  if (statusCode >= 400 && !blocks.makesBody) {
    const message = `The data source of '${field}' answered with status code ${statusCode}.`;
    throw new PolicyError('BackendErrorStatusCode', message, { statusCode: 500, message });
  }
  await runBlock(blocks.response, context);
  await context.response?.body?.buffer();
  return valueOf(context.response?.body?.text ?? '');
}

/** An own request: nothing of the caller's goes along but what the policies take from variables. */
function resolverContext(outer: PolicyContext, input: FieldInput, body: Body): PolicyContext {
  const { parts } = outer;
  const { originalUrl, ipAddress } = outer.request;
  const request = outer.request.derive({
    method: 'GET',
    url: new RequestUrl({ scheme: 'http', host: '', port: 80, path: '' }, '/', new Query('')),
    originalUrl,
    headers: new Headers(),
    body,
    ipAddress,
  });
  // Member by member: the gateway's parts are getters of a class.
  const context = new PolicyContext({
    request,
    ports: parts.ports,
    requestId: parts.requestId,
    deployment: parts.deployment,
    api: parts.api,
    operation: parts.operation,
    product: parts.product,
    subscription: parts.subscription,
    user: parts.user,
    workspace: parts.workspace,
    trace: parts.trace,
    cancellation: ownCancellation(outer),
  });
  for (const [name, value] of outer.variables) context.variables.set(name, value);
  context.graphql = {
    arguments: JSON.stringify(input.arguments),
    parent: input.parent === undefined ? null : JSON.stringify(input.parent),
  };
  return context;
}

/** Resolvers run side by side, and a cancellation has room for one exchange. */
function ownCancellation({ cancellation }: PolicyContext): Cancellation {
  const own = new Cancellation();
  const { signal } = cancellation;
  if (signal.aborted) own.cancel();
  else signal.addEventListener('abort', () => own.cancel(), { once: true });
  return own;
}

/** JSON where it is JSON, else the text itself (policy reference: "returned as a raw string"). */
function valueOf(text: string): unknown {
  if (text.trim() === '') return null;
  try {
    return parseBoundedJson(text);
  } catch (error) {
    if (error instanceof JsonBoundError) throw error;
    return text;
  }
}
