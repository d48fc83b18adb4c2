import { exportApi, exportWadl, exportWsdl, toYaml, type ExportedApi } from '@isthmus/artifacts';
import { ServiceError } from '@isthmus/host';
import type { ResourceStore, StoredResource } from '../resources/store/resource.store.js';

/** How a format of `?export=true&format=…` is written, and the types of API that have it. */
interface Format {
  readonly types: readonly string[];
  readonly contentType: string;
  readonly write: (exported: ExportedApi) => string;
}

const openapiTypes = ['http'];
const formats: Readonly<Record<string, Format>> = {
  openapi: {
    types: openapiTypes,
    contentType: 'application/yaml',
    write: (exported) => toYaml(exportApi(exported, 'openapi')),
  },
  'openapi+json': {
    types: openapiTypes,
    contentType: 'application/json',
    write: (exported) => JSON.stringify(exportApi(exported, 'openapi'), null, 2),
  },
  swagger: {
    types: openapiTypes,
    contentType: 'application/json',
    write: (exported) => JSON.stringify(exportApi(exported, 'swagger'), null, 2),
  },
  wadl: { types: ['http'], contentType: 'application/vnd.sun.wadl+xml', write: exportWadl },
  wsdl: { types: ['soap'], contentType: 'text/xml', write: exportWsdl },
};

/** A description of an API as text. */
export interface ApiDescription {
  readonly format: string;
  readonly value: string;
  readonly contentType: string;
}

/**
 * Describes an API from its operations and schemas.
 * @throws ServiceError 400 for a format that is not written here
 */
export async function exportDescription(
  store: ResourceStore,
  api: StoredResource,
  wanted: string,
): Promise<ApiDescription> {
  const name = wanted.toLowerCase();
  const known = Object.hasOwn(formats, name) ? formats[name] : undefined;
  if (!known)
    throw new ServiceError(
      400,
      'ValidationError',
      `The export format '${wanted}' is not one of ${Object.keys(formats).join(', ')} or their -link forms.`,
      [{ target: 'format', message: 'is not an export format' }],
    );
  const { type, apiVersionSetId } = api.properties;
  const kind = typeof type === 'string' ? type : 'http';
  if (!known.types.includes(kind))
    throw new ServiceError(
      400,
      'ValidationError',
      `An API of type ${kind} has no export as ${name}; APIs of type ${known.types.join(', ')} have.`,
    );
  const value = known.write({
    api,
    operations: await store.children(api.id, 'apis/operations'),
    schemas: await store.children(api.id, 'apis/schemas'),
    versionSet: typeof apiVersionSetId === 'string' ? await store.find(apiVersionSetId) : undefined,
  });
  return { format: name, value, contentType: known.contentType };
}
