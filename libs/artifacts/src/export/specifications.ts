import type { ApiSpecification } from '../folder/specifications.js';
import { parentId, resourceKind, sameId } from '../resource.js';
import type { Resource } from '../resource.js';
import { exportApi } from './openapi.js';
import { toYaml } from './yaml.js';

/**
 * `specification.yaml` of each HTTP API among the resources, in OpenAPI 3.0.1 as the extractor of APIOps writes it:
 * for tools that read an API from it, beside the descriptions of its operations.
 */
export function exportSpecifications(
  resources: readonly Resource[],
): Pick<ApiSpecification, 'apiId' | 'file' | 'text'>[] {
  const below = new Map<string, Resource[]>();
  for (const resource of resources) {
    const key = `${parentId(resource.id)}|${lastKind(resource.id)}`.toLowerCase();
    const list = below.get(key);
    if (list) list.push(resource);
    else below.set(key, [resource]);
  }
  return resources.filter(isHttpApi).map((api) => {
    const children = (kind: string): Resource[] =>
      below.get(`${api.id}|${kind}`.toLowerCase()) ?? [];
    const set = api.properties['apiVersionSetId'];
    const versionSet =
      typeof set === 'string' ? resources.find(({ id }) => sameId(id, set)) : undefined;
    const exported = {
      ...{ api, versionSet },
      ...{ operations: children('operations'), schemas: children('schemas') },
    };
    const document = toYaml(exportApi(exported, 'openapi'));
    return { apiId: api.id, file: 'specification.yaml', text: document };
  });
}

function lastKind(id: string): string {
  return resourceKind(id).split('/').at(-1) ?? '';
}

function isHttpApi({ id, properties }: Resource): boolean {
  const { type = 'http' } = properties;
  return /^(workspaces\/)?apis$/i.test(resourceKind(id)) && type === 'http';
}
