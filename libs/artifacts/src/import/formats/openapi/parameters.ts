import { isRecord, scalarText } from '../../../folder/parse-text.js';
import type { OpenApiDocument } from './document.js';
import type { ComponentSchemas } from './schemas.js';

/** A parameter of an operation, its references followed. */
export type OpenApiParameter = Readonly<Record<string, unknown>> & {
  readonly name: string;
  readonly in: string;
};

/** Parameters of path item and operation; the operation's win by place and name. */
export function mergeParameters(
  document: OpenApiDocument,
  ...lists: unknown[]
): OpenApiParameter[] {
  const merged = new Map<string, OpenApiParameter>();
  for (const list of lists) {
    if (!Array.isArray(list)) continue;
    for (const item of list as unknown[]) {
      const found = document.resolve(item);
      if (typeof found?.['name'] !== 'string' || typeof found['in'] !== 'string') continue;
      const parameter = found as OpenApiParameter;
      merged.set(`${parameter.in}:${parameter.name.toLowerCase()}`, parameter);
    }
  }
  return [...merged.values()];
}

/** The schema of a parameter: its own in 3.x, the parameter itself in 2.0. */
export function parameterSchema(
  document: OpenApiDocument,
  parameter: OpenApiParameter,
): Record<string, unknown> {
  if (document.version === 2) {
    const {
      name: _name,
      in: _in,
      required: _required,
      description: _description,
      ...schema
    } = parameter;
    return schema;
  }
  if (isRecord(parameter['schema'])) return parameter['schema'];
  const content = isRecord(parameter['content'])
    ? Object.values(parameter['content'])[0]
    : undefined;
  return isRecord(content) && isRecord(content['schema']) ? content['schema'] : {};
}

/** ARM's ParameterContract. Constraints beyond type and values live in a named schema. */
export function parameterContract(
  document: OpenApiDocument,
  parameter: OpenApiParameter,
  naming: { readonly schemas: ComponentSchemas; readonly typeName: string },
): Record<string, unknown> {
  const written = parameterSchema(document, parameter);
  const schema = document.resolve(written) ?? {};
  const values = Array.isArray(schema['enum']) ? schema['enum'].map(String) : [];
  const contract: Record<string, unknown> = {
    name: parameter.name,
    type: typeText(schema['type']),
    required: parameter.in === 'path' || parameter['required'] === true,
    values,
  };
  if (typeof parameter['description'] === 'string')
    contract['description'] = parameter['description'];
  if (schema['default'] !== undefined) contract['defaultValue'] = scalarText(schema['default']);
  if (Object.keys(schema).length > 0) {
    Object.assign(contract, naming.schemas.reference(written, naming.typeName));
  }
  const examples = parameterExamples(document, parameter);
  if (examples) contract['examples'] = examples;
  return contract;
}

function typeText(type: unknown): string {
  const list = Array.isArray(type) ? type.filter((one) => one !== 'null') : [type];
  return typeof list[0] === 'string' ? list[0] : 'string';
}

function parameterExamples(
  document: OpenApiDocument,
  parameter: OpenApiParameter,
): Record<string, unknown> | undefined {
  if (parameter['example'] !== undefined) return { default: { value: parameter['example'] } };
  if (!isRecord(parameter['examples'])) return undefined;
  return Object.fromEntries(
    Object.entries(parameter['examples']).map(([name, value]) => [
      name,
      document.resolve(value) ?? {},
    ]),
  );
}
