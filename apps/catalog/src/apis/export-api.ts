import { exportApi, toYaml, type ExportFormat } from '@isthmus/artifacts';
import { ServiceError } from '@isthmus/host';
import type { ResourceStore, StoredResource } from '../resources/store/resource.store.js';

/** Formats of `?export=true&format=…`, and what they are written as. */
const formats: Readonly<Record<string, { format: ExportFormat; as: 'json' | 'yaml' }>> = {
  openapi: { format: 'openapi', as: 'yaml' },
  'openapi+json': { format: 'openapi', as: 'json' },
  swagger: { format: 'swagger', as: 'json' },
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
  if (type !== 'http' && type !== undefined)
    throw new ServiceError(
      400,
      'ValidationError',
      'Only APIs of type http have an OpenAPI export.',
    );
  const document = exportApi(
    {
      api,
      operations: await store.children(api.id, 'apis/operations'),
      schemas: await store.children(api.id, 'apis/schemas'),
      versionSet:
        typeof apiVersionSetId === 'string' ? await store.find(apiVersionSetId) : undefined,
    },
    known.format,
  );
  const value = known.as === 'json' ? JSON.stringify(document, null, 2) : toYaml(document);
  const contentType = known.as === 'json' ? 'application/json' : 'application/yaml';
  return { format: name, value, contentType };
}
