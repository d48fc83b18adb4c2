import type { Plan, PlannedTrigger } from '@isthmus/workflow-engine';
import {
  isObject,
  memberOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import type { CallbackUrl } from '../triggers/callback-urls.js';
import { pathParameters, requestOf } from './callback-url-view.js';

/** Methods that a trigger without one accepts, as far as they are worth describing. */
const usualMethod = 'post';
const withoutBody = new Set(['get', 'head', 'delete']);

/**
 * The OpenAPI 2.0 description of a workflow's request triggers: what callers send, and what its
 * Response actions answer.
 * @param urlOf signed URL of a trigger; its signature is a parameter that the caller has to know
 */
export function workflowSwagger(
  workflow: { readonly name: string; readonly plan: Plan },
  urlOf: (trigger: string) => CallbackUrl,
): object {
  const callable = workflow.plan.triggers.filter(({ type }) => type.receive !== undefined);
  const [first] = callable;
  const base = first && new URL(urlOf(first.name).basePath);
  return {
    swagger: '2.0',
    info: { title: workflow.name, description: `Calls of '${workflow.name}'.`, version: '1.0.0.0' },
    ...(base && { host: base.host, schemes: [base.protocol.slice(0, -1)] }),
    basePath: '/',
    consumes: ['application/json'],
    produces: ['application/json'],
    paths: Object.fromEntries(
      callable.map((trigger) => pathOf(workflow.plan, trigger, urlOf(trigger.name))),
    ),
  };
}

function pathOf(plan: Plan, trigger: PlannedTrigger, url: CallbackUrl): [string, object] {
  const { method = usualMethod, relativePath, schema } = requestOf(trigger);
  const path = new URL(url.basePath).pathname;
  const below = relativePath === undefined ? '' : `/${relativePath.replace(/^\/+/, '')}`;
  const verb = method.toLowerCase();
  const operation = {
    operationId: `${trigger.name}-invoke`,
    description: `Trigger a run of the workflow by '${trigger.name}'.`,
    parameters: [...queryParameters(url), ...pathOnes(below), ...bodyOf(verb, schema)],
    responses: responsesOf(plan),
  };
  return [`${decodeURI(path)}${below}`, { [verb]: operation }];
}

function queryParameters({ queries }: CallbackUrl): object[] {
  return Object.entries(queries).map(([name, value]) => ({
    name,
    in: 'query',
    required: true,
    type: 'string',
    // A signature is a credential, which a description does not hold.
    ...(name !== 'sig' && { default: value }),
  }));
}

function pathOnes(template: string): object[] {
  return pathParameters(template).map((name) => ({
    name,
    in: 'path',
    required: true,
    type: 'string',
  }));
}

function bodyOf(verb: string, schema: WorkflowObject | undefined): object[] {
  if (withoutBody.has(verb)) return [];
  return [{ name: 'body', in: 'body', required: false, schema: schema ?? {} }];
}

/** One response for each literal status of a Response action; without one, 202 at once. */
function responsesOf(plan: Plan): object {
  const responses: Record<string, object> = {};
  for (const { type, definition } of plan.actions.values()) {
    const inputs = type.answers ? memberOf(definition, 'inputs') : undefined;
    if (!isObject(inputs)) continue;
    const schema = memberOf(inputs, 'schema');
    responses[statusOf(memberOf(inputs, 'statusCode'))] ??= {
      description: 'The answer of the workflow.',
      ...(isObject(schema) && { schema }),
    };
  }
  if (Object.keys(responses).length > 0) return responses;
  return { '202': { description: 'The run has begun.' } };
}

function statusOf(value: WorkflowValue | undefined): string {
  const text = typeof value === 'number' || typeof value === 'string' ? String(value) : '';
  return /^\d{3}$/.test(text) ? text : 'default';
}
