import { Type, validate, type Static } from '@isthmus/contracts';
import type { SystemRequest } from '../send.js';
import {
  bodyTemplates,
  nextLinkTemplate,
  optional,
  required,
  type BodyTemplate,
  type Parameters,
} from './body-templates.js';
import { compileTemplate, textOf, type ExpressionInput } from './expressions.js';
import { pollingTrigger, type PollingTrigger } from './polling-trigger.js';

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
                parameters: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
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
export interface TemplateInput extends ExpressionInput {
  readonly operationId: string;
  /** The address of a page that the system names, by way of this connector. */
  pageAddress(link: string): string;
}

/** One step of a connector: changes the request to the system. */
export type PolicyTemplate = (request: SystemRequest, input: TemplateInput) => SystemRequest;
type Headers = Readonly<Record<string, string>>;
/** Changes headers. */
export type HeaderTemplate = (headers: Headers, input: TemplateInput) => Headers;

/** A step, and the operations that it is for; none: all. */
interface Placed<Step> {
  readonly operations: ReadonlySet<string>;
  readonly step: Step;
}

/** The steps of a connector, each kind in the order of the file. */
export interface PolicyTemplates {
  readonly requests: readonly Placed<PolicyTemplate>[];
  readonly requestBodies: readonly Placed<BodyTemplate>[];
  readonly responseHeaders: readonly Placed<HeaderTemplate>[];
  readonly responseBodies: readonly Placed<BodyTemplate>[];
  readonly triggers: readonly Placed<PollingTrigger>[];
}

/** The steps that concern an operation. */
export function stepsFor<Step>(
  placed: readonly Placed<Step>[],
  operationId: string,
): readonly Step[] {
  return placed
    .filter(({ operations }) => operations.size === 0 || operations.has(operationId))
    .map(({ step }) => step);
}

/**
 * Reads the policy template instances of an `apiProperties.json`.
 * Source: "Policy templates for custom connectors", Power Platform documentation.
 * @throws Error that names a template which is not supported, or a parameter at fault.
 */
export function readPolicyTemplates(apiProperties: unknown): PolicyTemplates {
  const checked = validate(ApiProperties, apiProperties);
  if (!checked.ok) {
    const { target, message } = checked.details[0]!;
    throw new Error(`connector properties: ${target} ${message}`);
  }
  const found = {
    requests: [] as Placed<PolicyTemplate>[],
    requestBodies: [] as Placed<BodyTemplate>[],
    responseHeaders: [] as Placed<HeaderTemplate>[],
    responseBodies: [] as Placed<BodyTemplate>[],
    triggers: [] as Placed<PollingTrigger>[],
  };
  for (const instance of checked.value.properties.policyTemplateInstances ?? [])
    place(instance, found);
  return found;
}

function place(
  instance: Instance,
  found: { [Kind in keyof PolicyTemplates]: PolicyTemplates[Kind][number][] },
): void {
  const { parameters = {} } = instance;
  const id = instance.templateId.toLowerCase();
  const names = parameters['x-ms-apimTemplate-operationName'];
  const operations = new Set(
    (Array.isArray(names) ? names : []).filter((name) => typeof name === 'string'),
  );
  const section = parameters['x-ms-apimTemplate-policySection'];
  const isResponse = typeof section === 'string' && section.toLowerCase() === 'response';
  const make = Object.hasOwn(bodyTemplates, id) ? bodyTemplates[id] : undefined;
  if (make)
    found[isResponse ? 'responseBodies' : 'requestBodies'].push({
      operations,
      step: make(parameters),
    });
  else if (id === 'updatenextlink')
    found.responseBodies.push({
      operations,
      step: nextLinkTemplate(parameters, (link, input) =>
        (input as TemplateInput).pageAddress(link),
      ),
    });
  else if (id === 'pollingtrigger')
    found.triggers.push({ operations, step: pollingTrigger(parameters) });
  else if (id === 'setheader' && isResponse)
    found.responseHeaders.push({ operations, step: headerTemplate(parameters) });
  else found.requests.push({ operations, step: requestTemplate(id, instance) });
}

function requestTemplate(id: string, instance: Instance): PolicyTemplate {
  if (Object.hasOwn(templates, id)) return templates[id]!(instance.parameters ?? {});
  throw new Error(
    `connector properties: policy template '${instance.templateId}' is not supported`,
  );
}

function headerTemplate(parameters: Parameters): HeaderTemplate {
  const name = required(parameters, 'name').toLowerCase();
  const value = compileTemplate(required(parameters, 'value'));
  const exists = optional(parameters, 'existsAction');
  return (headers, input) => {
    const before = Object.hasOwn(headers, name) ? headers[name] : undefined;
    if (before !== undefined && exists === 'skip') return headers;
    const filled = textOf(value(input));
    const after = before !== undefined && exists === 'append' ? `${before}, ${filled}` : filled;
    return { ...headers, [name]: after };
  };
}

const templates: Readonly<Record<string, (parameters: Parameters) => PolicyTemplate>> = {
  dynamichosturl: (parameters) => {
    const template = compileTemplate(required(parameters, 'urlTemplate'));
    return (request, input) => {
      const base = new URL(textOf(template(input)));
      const url = new URL(request.url);
      url.protocol = base.protocol;
      url.host = base.host;
      url.pathname = base.pathname.replace(/\/$/, '') + url.pathname;
      return { ...request, url };
    };
  },
  setheader: (parameters) => {
    const apply = headerTemplate(parameters);
    return (request, input) => ({ ...request, headers: apply(request.headers, input) });
  },
  setqueryparameter: (parameters) => {
    const name = required(parameters, 'name');
    const value = compileTemplate(required(parameters, 'value'));
    const exists = optional(parameters, 'existsAction');
    return (request, input) => {
      const url = new URL(request.url);
      if (url.searchParams.has(name) && exists === 'skip') return request;
      if (exists === 'append') url.searchParams.append(name, textOf(value(input)));
      else url.searchParams.set(name, textOf(value(input)));
      return { ...request, url };
    };
  },
  routerequesttoendpoint: (parameters) => {
    const path = compileTemplate(required(parameters, 'newPath'));
    const method = optional(parameters, 'httpMethod');
    return (request, input) => {
      const url = new URL(request.url);
      const [pathname = '', query = ''] = textOf(path(input)).split('?');
      // The new path may name the path values of the operation.
      url.pathname = pathname.replace(/\{([^{}]+)\}/g, (whole, name: string) =>
        Object.hasOwn(input.pathValues, name)
          ? encodeURIComponent(input.pathValues[name] ?? '')
          : whole,
      );
      for (const [name, value] of new URLSearchParams(query)) url.searchParams.set(name, value);
      const isKept = method === undefined || /^@Request\.OriginalHTTPMethod$/i.test(method);
      return { ...request, url, ...(isKept ? {} : { method }) };
    };
  },
  // Connections have no state that a person would have to renew: their credentials stand in the connections file.
  setconnectionstatustounauthenticated: () => (request) => request,
};
