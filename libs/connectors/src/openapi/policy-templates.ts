import { Type, validate, type Static } from '@isthmus/contracts';
import type { SystemRequest } from '../send.js';

const ApiProperties = Type.Object(
  {
    properties: Type.Object(
      {
        policyTemplateInstances: Type.Optional(
          Type.Array(
            Type.Object(
              {
                templateId: Type.String(),
                title: Type.Optional(Type.String()),
                parameters: Type.Record(Type.String(), Type.Unknown()),
              },
              { additionalProperties: true },
            ),
          ),
        ),
      },
      { additionalProperties: true },
    ),
  },
  { additionalProperties: true },
);
type Instance = NonNullable<
  Static<typeof ApiProperties>['properties']['policyTemplateInstances']
>[number];

/** What a policy template may read. */
export interface TemplateInput {
  readonly operationId: string;
  readonly connectionParameters: Readonly<Record<string, string>>;
  readonly queries: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
}

/** One step of a connector: changes the request to the system. */
export type PolicyTemplate = (request: SystemRequest, input: TemplateInput) => SystemRequest;

/** The steps of a connector: before the system is called, and on its answer. */
export interface PolicyTemplates {
  readonly inbound: readonly PolicyTemplate[];
  /** Work on the headers of the answer as on those of a request. */
  readonly outbound: readonly HeaderTemplate[];
}

type Headers = Readonly<Record<string, string>>;
/** Changes headers. */
export type HeaderTemplate = (headers: Headers, input: TemplateInput) => Headers;

/**
 * Reads the policy template instances of an `apiProperties.json`.
 * Source: "Policy templates for custom connectors", Power Platform documentation.
 * @throws Error that names a template which is not supported.
 */
export function readPolicyTemplates(apiProperties: unknown): PolicyTemplates {
  const checked = validate(ApiProperties, apiProperties);
  if (!checked.ok) {
    const { target, message } = checked.details[0]!;
    throw new Error(`connector properties: ${target} ${message}`);
  }
  const inbound: PolicyTemplate[] = [];
  const outbound: HeaderTemplate[] = [];
  for (const instance of checked.value.properties.policyTemplateInstances ?? []) {
    const id = instance.templateId.toLowerCase();
    const section = optional(instance.parameters, 'x-ms-apimTemplate-policySection');
    if (section?.toLowerCase() === 'response' && id === 'setheader')
      outbound.push(ofOperations(instance, headerTemplate(instance)));
    else inbound.push(ofOperations(instance, requestTemplate(instance)));
  }
  return { inbound, outbound };
}

function requestTemplate(instance: Instance): PolicyTemplate {
  const make = templates[instance.templateId.toLowerCase()];
  if (make) return make(instance);
  throw new Error(
    `connector properties: policy template '${instance.templateId}' is not supported`,
  );
}

/** The step where it concerns the operation that is called; elsewhere nothing changes. */
function ofOperations<T>(
  { parameters }: Instance,
  apply: (value: T, input: TemplateInput) => T,
): (value: T, input: TemplateInput) => T {
  const operations = parameters['x-ms-apimTemplate-operationName'] as string[] | undefined;
  return (value, input) =>
    operations?.length && !operations.includes(input.operationId) ? value : apply(value, input);
}

function headerTemplate({ parameters }: Instance): HeaderTemplate {
  const name = text(parameters, 'x-ms-apimTemplateParameter.name').toLowerCase();
  const value = text(parameters, 'x-ms-apimTemplateParameter.value');
  const exists = optional(parameters, 'x-ms-apimTemplateParameter.existsAction');
  return (headers, input) => {
    const before = headers[name];
    if (before !== undefined && exists === 'skip') return headers;
    const filled = fill(value, input);
    const after = before !== undefined && exists === 'append' ? `${before}, ${filled}` : filled;
    return { ...headers, [name]: after };
  };
}

const templates: Readonly<Record<string, (instance: Instance) => PolicyTemplate>> = {
  dynamichosturl: ({ parameters }) => {
    const template = text(parameters, 'x-ms-apimTemplateParameter.urlTemplate');
    return (request, input) => {
      const base = new URL(fill(template, input));
      const url = new URL(request.url);
      url.protocol = base.protocol;
      url.host = base.host;
      url.pathname = base.pathname.replace(/\/$/, '') + url.pathname;
      return { ...request, url };
    };
  },
  setheader: (instance) => {
    const apply = headerTemplate(instance);
    return (request, input) => ({ ...request, headers: apply(request.headers, input) });
  },
  setqueryparameter: ({ parameters }) => {
    const name = text(parameters, 'x-ms-apimTemplateParameter.name');
    const value = text(parameters, 'x-ms-apimTemplateParameter.value');
    const exists = optional(parameters, 'x-ms-apimTemplateParameter.existsAction');
    return (request, input) => {
      const url = new URL(request.url);
      if (url.searchParams.has(name) && exists === 'skip') return request;
      if (exists === 'append') url.searchParams.append(name, fill(value, input));
      else url.searchParams.set(name, fill(value, input));
      return { ...request, url };
    };
  },
  routerequesttoendpoint: ({ parameters }) => {
    const path = text(parameters, 'x-ms-apimTemplateParameter.newPath');
    const method = optional(parameters, 'x-ms-apimTemplateParameter.httpMethod');
    return (request, input) => {
      const url = new URL(request.url);
      url.pathname = fill(path, input);
      return {
        ...request,
        url,
        ...(method
          ? { method: method.replace(/^@Request\.OriginalHTTPMethod$/, request.method) }
          : {}),
      };
    };
  },
};

function text(parameters: Record<string, unknown>, name: string): string {
  const value = optional(parameters, name);
  if (value === undefined) throw new Error(`connector properties: a policy template lacks ${name}`);
  return value;
}

function optional(parameters: Record<string, unknown>, name: string): string | undefined {
  const value = parameters[name];
  return typeof value === 'string' ? value : undefined;
}

/** `@connectionParameters('x')`, `@queryParameters('x')`, `@headers('x')`, bare or in braces, with an optional default. */
const reference =
  /@\{?(connectionParameters|queryParameters|headers)\(\s*'([^']*)'\s*(?:,\s*'([^']*)'\s*)?\)\}?/gi;

function fill(template: string, input: TemplateInput): string {
  return template.replace(reference, (_, source: string, name: string, fallback?: string) => {
    const value =
      source.toLowerCase() === 'connectionparameters'
        ? input.connectionParameters[name]
        : source.toLowerCase() === 'headers'
          ? input.headers[name.toLowerCase()]
          : input.queries.get(name);
    return value ?? fallback ?? '';
  });
}
