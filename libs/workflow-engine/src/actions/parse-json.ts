import {
  isEnvelope,
  isObject,
  JsonTextError,
  memberOf,
  parseJson as readJson,
  withoutMember,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { literalSchema } from '../json-schema/literal-schema.js';
import { schemaErrorView } from '../json-schema/schema-error.js';
import { unsupportedKeyword } from '../json-schema/unsupported-keyword.js';
import { validateJson } from '../json-schema/validate.js';
import { badRequest } from '../run/template-failure.js';
import { missingContent } from './content-text.js';
import type { ActionType } from './action-type.js';
import { failed, succeeded } from './succeeded.js';
import { worded } from '../run/worded.js';

/** Reads JSON text, or takes a value as it is, and holds it against a schema. Nothing is converted to fit it. */
export const parseJson: ActionType = {
  type: 'ParseJson',
  passesOn: true,
  inputs: withoutSchema,
  templates(definition) {
    const schema = schemaOf(definition);
    return typeof schema === 'string' ? { schema } : {};
  },
  start(inputs, scope) {
    const members: WorkflowObject = isObject(inputs) ? inputs : {};
    const content = memberOf(members, 'content') ?? null;
    // A schema is no template: `@odata.type` is a name in it. Only a schema that is one text can be an expression.
    const schema = scope.has('schema')
      ? scope.evaluate('schema')
      : literalSchema(schemaOf(scope.action.definition) ?? {});
    if (content === null || content === '') {
      return missingContent;
    }
    if (isEnvelope(content)) {
      const type = content['$content-type'];
      return badRequest(
        'BadRequest',
        worded`The property 'content' must be of type JSON in the 'ParseJson' action inputs, but was of type '${type}'.`,
      );
    }
    const keyword = unsupportedKeyword(schema);
    if (keyword !== undefined) {
      return failed(
        'ActionSchemaNotSupported',
        worded`The schema of the 'ParseJson' action uses the keyword '${keyword}', which is not supported.`,
      );
    }
    const value = typeof content === 'string' ? read(content) : content;
    if (value instanceof JsonTextError) {
      return failed(
        'InvalidJSON',
        worded`The 'content' property of actions of type 'ParseJson' must be valid JSON. The provided value cannot be parsed: '${value.message}'.`,
      );
    }
    const errors = validateJson(value, schema);
    if (errors.length > 0) {
      return failed('ValidationFailed', worded`The schema validation failed.`, {
        outputs: { errors: errors.map(schemaErrorView) },
      });
    }
    return succeeded({ body: value });
  },
};

function schemaOf(definition: WorkflowObject): WorkflowValue | undefined {
  const inputs = memberOf(definition, 'inputs');
  return isObject(inputs) ? memberOf(inputs, 'schema') : undefined;
}

function withoutSchema(definition: WorkflowObject): WorkflowValue {
  const inputs = memberOf(definition, 'inputs');
  return isObject(inputs) ? withoutMember(inputs, 'schema') : null;
}

/** Text of blanks reads as null. */
function read(text: string): WorkflowValue | JsonTextError {
  if (text.trim() === '') return null;
  try {
    return readJson(text, { lenientEnd: true });
  } catch (error) {
    if (error instanceof JsonTextError) return error;
    throw error;
  }
}
