import {
  isObject,
  memberOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { literalSchema } from '../json-schema/literal-schema.js';
import { validateJson } from '../json-schema/validate.js';
import { textMember } from '../plan/members.js';
import type { Received, TriggerRequest, TriggerScope, TriggerType } from './trigger-type.js';

/**
 * A call to the workflow's URL. `queries` and `body` are members of the outputs only if there were some; the
 * schema is enforced only with the option EnableSchemaValidation.
 */
export const request: TriggerType = {
  type: 'Request',
  answers: true,
  inputs: () => null,
  receive(call, scope) {
    const { definition, options } = scope.trigger;
    const inputs = memberOf(definition, 'inputs');
    const configuration: WorkflowObject = isObject(inputs) ? inputs : {};
    const method = textMember(configuration, 'method');
    if (
      method !== undefined &&
      method !== '' &&
      method.toUpperCase() !== call.method.toUpperCase()
    ) {
      return refused(
        404,
        'TriggerRequestMethodNotValid',
        `The HTTP method for this trigger request is expected to be '${method}'. The requested method is '${call.method}'.`,
      );
    }
    const parameters = matchPath(textMember(configuration, 'relativePath'), call.relativePath);
    if (!parameters)
      return refused(
        404,
        'RelativePathNotMatched',
        'The path of the request does not match the relative path of the trigger.',
      );
    if (options.has('enableschemavalidation')) {
      const mismatch = schemaMismatch(call, memberOf(configuration, 'schema'), scope);
      if (mismatch) return mismatch;
    }
    return {
      kind: 'fired',
      outputs: outputsOf(call, parameters, options.has('includeauthorizationheadersinoutputs')),
    };
  },
};

/** Legacy name of the Request trigger. */
export const manual: TriggerType = { ...request, type: 'Manual' };

function outputsOf(
  call: TriggerRequest,
  parameters: WorkflowObject,
  withAuthorization: boolean,
): WorkflowObject {
  const outputs: Record<string, WorkflowValue> = {
    headers: withAuthorization ? call.headers : withoutAuthorization(call.headers),
  };
  if (Object.keys(call.queries).length > 0) outputs['queries'] = { ...call.queries };
  if (Object.keys(parameters).length > 0) outputs['relativePathParameters'] = parameters;
  if (call.body !== undefined) outputs['body'] = call.body;
  return outputs;
}

function withoutAuthorization(headers: TriggerRequest['headers']): Record<string, string> {
  const others: Record<string, string> = {};
  for (const name in headers)
    if (name.length !== 13 || name.toLowerCase() !== 'authorization') others[name] = headers[name]!;
  return others;
}

function schemaMismatch(
  call: TriggerRequest,
  schema: WorkflowValue | undefined,
  scope: TriggerScope,
): Received | undefined {
  if (schema === undefined) return undefined;
  const [first] = validateJson(call.body ?? null, literalSchema(schema));
  if (!first) return undefined;
  return refused(
    400,
    'TriggerInputSchemaMismatch',
    `The input body for trigger '${scope.trigger.name}' of type 'Request' did not match its schema definition. Error details: '${first.message}'.`,
  );
}

function refused(statusCode: number, code: string, message: string): Received {
  return {
    kind: 'refused',
    response: { statusCode, headers: {}, body: { error: { code, message } } },
  };
}

/** The values of a template such as `/customers/{id}`, decoded; undefined when the path does not fit. */
export function matchPath(
  template: string | undefined,
  path: string | undefined,
): WorkflowObject | undefined {
  if (template === undefined || template === '') return {};
  const wanted = segments(template);
  const given = segments(path ?? '');
  if (wanted.length !== given.length) return undefined;
  const parameters: Record<string, WorkflowValue> = {};
  for (const [index, piece] of wanted.entries()) {
    const value = decode(given[index] ?? '');
    const name = /^\{(.+)\}$/.exec(piece)?.[1];
    if (name !== undefined) parameters[name] = value;
    else if (piece.includes('{')) {
      const inner = matchSegment(piece, value);
      if (!inner) return undefined;
      Object.assign(parameters, inner);
    } else if (piece.toLowerCase() !== value.toLowerCase()) return undefined;
  }
  return parameters;
}

function segments(path: string): string[] {
  return path.split('/').filter((piece) => piece !== '');
}

/** A segment with text around its placeholders, such as `order-{id}`. */
function matchSegment(piece: string, value: string): Record<string, string> | undefined {
  const names: string[] = [];
  const pattern = piece.replace(
    /\{([^{}]+)\}|[.*+?^$()|[\]\\]/g,
    (found, name: string | undefined) => {
      if (name === undefined) return `\\${found}`;
      names.push(name);
      return '([^/]+?)';
    },
  );
  const match = new RegExp(`^${pattern}$`, 'i').exec(value);
  return match
    ? Object.fromEntries(names.map((name, index) => [name, match[index + 1] ?? '']))
    : undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
