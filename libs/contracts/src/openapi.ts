import type { TSchema } from '@sinclair/typebox';
import { ErrorBody } from './errors.js';
import { successStatus, type Route } from './route.js';

/** Writes the OpenAPI 3.1 document of a list of routes. */
export function toOpenApi(title: string, version: string, routes: readonly Route[]): object {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:([A-Za-z]\w*)/g, '{$1}');
    (paths[path] ??= {})[route.method.toLowerCase()] = operation(route);
  }
  return { openapi: '3.1.0', info: { title, version }, paths };
}

function operation({ operationId, shape }: Route): object {
  const content = (schema: TSchema) => ({ content: { 'application/json': { schema } } });
  const failures = Object.entries(shape.errors ?? {}).map(([status, description]) => [
    status,
    { description, ...content(ErrorBody) },
  ]);
  return {
    operationId,
    summary: shape.summary,
    parameters: [...parameters('path', shape.params), ...parameters('query', shape.query)],
    ...(shape.body ? { requestBody: { required: true, ...content(shape.body) } } : {}),
    responses: {
      [successStatus(shape)]: {
        description: 'Success',
        ...(shape.response ? content(shape.response) : {}),
      },
      ...Object.fromEntries(failures),
    },
  };
}

function parameters(place: 'path' | 'query', schema: TSchema | undefined): object[] {
  const properties = (schema?.['properties'] ?? {}) as Record<string, TSchema>;
  const required = (schema?.['required'] ?? []) as string[];
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }));
}
