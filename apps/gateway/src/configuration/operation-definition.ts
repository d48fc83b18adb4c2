import type {
  ContentDefinition,
  OperationDefinition,
  ParameterDefinition,
  ResponseDefinition,
} from '@isthmus/policy-engine';
import { isObject, Properties } from './resource-index.js';
import type { IndexedResource } from './resource-index.js';

/** The named schemas of an API in one document, and the dialect that they are written in. */
export interface ApiSchemas {
  readonly document: {
    readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
  };
  readonly dialect: OperationDefinition['dialect'];
}

/** Collects the schema resources of an API. */
export function apiSchemas(resources: readonly IndexedResource[]): ApiSchemas {
  const schemas: Record<string, unknown> = {};
  let dialect: OperationDefinition['dialect'] = 'openapi-3.0';
  for (const resource of resources) {
    const document = resource.properties.object('document');
    const named =
      document?.object('components')?.object('schemas')?.raw ??
      document?.object('definitions')?.raw ??
      {};
    for (const [name, schema] of Object.entries(named)) schemas[name] = schema;
    const version = document?.text('openapi') ?? '';
    if (version.startsWith('3.1') || version.startsWith('3.2')) dialect = 'openapi-3.1';
    else if (version.startsWith('2') || document?.object('definitions')) dialect = 'openapi-2.0';
  }
  return { document: { components: { schemas } }, dialect };
}

/** What validation and mocking read, from an operation's ARM contract. */
export function operationDefinition(
  operation: Properties,
  schemas: ApiSchemas,
): OperationDefinition {
  const template = operation.text('urlTemplate') ?? '';
  const path = template.split('?')[0] ?? '';
  const request = operation.object('request');
  const parameters = [
    ...operation
      .objects('templateParameters')
      .map((one) =>
        parameter(
          one,
          path.includes(`{${one.text('name')}}`) || path.includes(`{*${one.text('name')}}`)
            ? 'path'
            : 'query',
          schemas,
        ),
      ),
    ...(request?.objects('queryParameters') ?? []).map((one) => parameter(one, 'query', schemas)),
    ...(request?.objects('headers') ?? []).map((one) => parameter(one, 'header', schemas)),
  ];
  const responses: Record<string, ResponseDefinition> = {};
  for (const response of operation.objects('responses')) {
    responses[response.text('statusCode') ?? 'default'] = {
      headers: response.objects('headers').map((one) => parameter(one, 'header', schemas)),
      content: content(response.objects('representations'), schemas),
    };
  }
  const requestContent = content(request?.objects('representations') ?? [], schemas);
  return {
    document: schemas.document,
    dialect: schemas.dialect,
    parameters,
    requestContent,
    responses,
  };
}

function parameter(
  one: Properties,
  place: ParameterDefinition['in'],
  schemas: ApiSchemas,
): ParameterDefinition {
  const style = one.text('style');
  const explode = one.flag('explode');
  return {
    name: one.text('name') ?? '',
    in: place,
    required: one.flag('required') ?? place === 'path',
    schema: schemaOf(one, schemas) ?? plainSchema(one),
    ...(style === undefined ? {} : { style }),
    ...(explode === undefined ? {} : { explode }),
  };
}

function schemaOf(one: Properties, schemas: ApiSchemas): unknown {
  const name = one.text('typeName');
  if (name === undefined || !Object.hasOwn(schemas.document.components.schemas, name))
    return undefined;
  return { $ref: `#/components/schemas/${name.replaceAll('~', '~0').replaceAll('/', '~1')}` };
}

function plainSchema(one: Properties): Record<string, unknown> {
  const values = one.texts('values');
  return { type: one.text('type') ?? 'string', ...(values.length > 0 ? { enum: values } : {}) };
}

function content(
  representations: readonly Properties[],
  schemas: ApiSchemas,
): Record<string, ContentDefinition> {
  const found: Record<string, ContentDefinition> = {};
  for (const one of representations) {
    const schema = schemaOf(one, schemas);
    const example = firstExample(one);
    found[(one.text('contentType') ?? '').toLowerCase()] = {
      ...(schema === undefined ? {} : { schema }),
      ...(example === undefined ? {} : { example }),
    };
  }
  return found;
}

function firstExample(one: Properties): unknown {
  const examples = one.object('examples')?.raw;
  const first = examples ? Object.values(examples)[0] : undefined;
  if (isObject(first) && 'value' in first) return first['value'];
  return one.raw['sample'];
}
