import { resolve } from 'node:path';
import { readArtifacts, readFiles } from '@isthmus/artifacts';
import type { PolicyCase } from '@isthmus/policy-engine';
import { backendsOf } from './artifact-backends.js';

/** Documents of an operation taken from an APIOps folder. */
export interface ArtifactReference {
  /** From the case file. */
  readonly folder: string;
  /** Name of the API. */
  readonly api?: string;
  readonly operation?: string;
  readonly product?: string;
}

type Part = Pick<PolicyCase, 'documents' | 'fragments' | 'namedValues' | 'schemas' | 'given'>;
type Schemas = Record<string, { type: 'json' | 'xml'; text: string }>;

/** The part of a case that the folder tells: documents by scope, what they name, API and operation. */
export async function fromArtifacts(reference: ArtifactReference, base: string): Promise<Part> {
  const { resources } = readArtifacts(await readFiles(resolve(base, reference.folder)));
  const find = (id: string): Readonly<Record<string, unknown>> | undefined =>
    resources.find((resource) => resource.id.toLowerCase() === id.toLowerCase())?.properties;
  const { api, operation, product } = reference;
  const need = (id: string): void => {
    if (!find(id)) throw new Error(`artifacts: there is no ${id} in '${reference.folder}'.`);
  };
  if (api !== undefined) need(`/apis/${api}`);
  if (api !== undefined && operation !== undefined) need(`/apis/${api}/operations/${operation}`);
  if (product !== undefined) need(`/products/${product}`);
  const ids = {
    global: '/policies/policy',
    product: product && `/products/${product}/policies/policy`,
    api: api && `/apis/${api}/policies/policy`,
    operation: api && operation && `/apis/${api}/operations/${operation}/policies/policy`,
  };
  const documents: Record<string, string> = {};
  for (const [scope, id] of Object.entries(ids)) {
    const value = id === undefined ? undefined : find(id)?.['value'];
    if (typeof value === 'string') documents[scope] = value;
  }
  const fragments: Record<string, string> = {};
  const namedValues: Record<string, string> = {};
  const schemas: Schemas = {};
  for (const { id, properties } of resources) {
    const fragment = /^\/policyFragments\/([^/]+)$/i.exec(id)?.[1];
    if (fragment !== undefined) fragments[fragment] = textOf(properties['value']) ?? '';
    const value = /^\/namedValues\/([^/]+)$/i.exec(id)?.[1];
    if (value !== undefined)
      namedValues[textOf(properties['displayName']) ?? value] = textOf(properties['value']) ?? '';
    const schema = /^\/schemas\/([^/]+)$/i.exec(id)?.[1];
    if (schema !== undefined)
      schemas[schema] = {
        type: properties['schemaType'] === 'xml' ? 'xml' : 'json',
        text: textOf(properties['value']) ?? '',
      };
  }
  return {
    documents,
    fragments,
    namedValues,
    schemas,
    given: {
      ...givenOf(
        api && find(`/apis/${api}`),
        api,
        operation ? find(`/apis/${api}/operations/${operation}`) : undefined,
        operation,
      ),
      backends: backendsOf(resources, namedValues),
    },
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function givenOf(
  api: Readonly<Record<string, unknown>> | '' | undefined,
  apiName: string | undefined,
  operation: Readonly<Record<string, unknown>> | undefined,
  operationName: string | undefined,
): NonNullable<PolicyCase['given']> {
  const serviceUrl = api ? textOf(api['serviceUrl']) : undefined;
  return {
    ...(api && apiName
      ? {
          api: {
            id: apiName,
            name: textOf(api['displayName']) ?? apiName,
            path: `/${textOf(api['path']) ?? ''}`,
            ...(serviceUrl ? { serviceUrl } : {}),
          },
        }
      : {}),
    ...(operation && operationName
      ? {
          operation: {
            id: operationName,
            method: textOf(operation['method']) ?? 'GET',
            urlTemplate: textOf(operation['urlTemplate']) ?? '/*',
          },
        }
      : {}),
  };
}
