import { importApi } from '../import/formats/index.js';
import type { ImportedApi } from '../import/imported-api.js';
import { normaliseOperationName } from '../import/operation-name.js';
import type { ArtifactResource } from '../resource.js';
import { parentId, resourceKind, resourceName } from '../resource.js';
import type { Report } from './parse-text.js';

/** The description document of an API. */
export interface ApiSpecification {
  readonly apiId: string;
  readonly file: string;
  readonly text: string;
  /** Documents that stand beside it and that it may import (WSDL, XSD), by their paths from it. */
  readonly related?: ReadonlyMap<string, string>;
}

/**
 * Adds what specifications describe: operations and schemas. What the folder itself says about an
 * operation is laid over what the document says, and policy folders named in another spelling of
 * the operation's id ("CreateOrder", "create-order") belong to it.
 */
export function addSpecifications(
  resources: readonly ArtifactResource[],
  specifications: readonly ApiSpecification[],
  report: Report,
): ArtifactResource[] {
  const all = new Map(resources.map((resource) => [resource.id.toLowerCase(), resource]));
  for (const specification of specifications) {
    const api = all.get(specification.apiId.toLowerCase());
    if (!api) {
      const message = 'A specification without an apiInformation.json beside it.';
      report({ severity: 'error', message, file: specification.file });
      continue;
    }
    const imported = read(specification, api, report);
    if (!imported) continue;
    if (imported.type !== 'http' && api.properties['type'] === undefined) {
      all.set(api.id.toLowerCase(), {
        ...api,
        properties: { ...api.properties, type: imported.type },
      });
    }
    addOperations(all, api, imported, specification.file);
  }
  reportOrphans(all, report);
  return [...all.values()];
}

function read(
  specification: ApiSpecification,
  api: ArtifactResource,
  report: Report,
): ImportedApi | undefined {
  const translate = api.properties['translateRequiredQueryParameters'];
  return importApi({
    text: specification.text,
    file: specification.file,
    operationNames: 'verbatim',
    requiredQueryParameters: translate === 'query' ? 'query' : 'template',
    ...(specification.related ? { related: specification.related } : {}),
    report,
  });
}

function addOperations(
  all: Map<string, ArtifactResource>,
  api: ArtifactResource,
  imported: ImportedApi,
  file: string,
): void {
  for (const { name, properties } of imported.schemas) {
    const id = `${api.id}/schemas/${name}`;
    if (!all.has(id.toLowerCase())) all.set(id.toLowerCase(), { id, properties, file });
  }
  const names = new Map(
    imported.operations.map((one) => [normaliseOperationName(one.name), one.name]),
  );
  renameSpellings(all, api.id, names);
  for (const { name, properties } of imported.operations) {
    const id = `${api.id}/operations/${name}`;
    const own = all.get(id.toLowerCase());
    all.set(id.toLowerCase(), {
      id,
      properties: { ...properties, ...own?.properties },
      file: own?.file ?? file,
    });
  }
}

/** Gives what stands under another spelling of an operation's name the name of the document. */
function renameSpellings(
  all: Map<string, ArtifactResource>,
  apiId: string,
  names: ReadonlyMap<string, string>,
): void {
  const prefix = `${apiId}/operations/`.toLowerCase();
  for (const [key, resource] of all) {
    if (!key.startsWith(prefix)) continue;
    const [written = '', ...rest] = resource.id.slice(prefix.length).split('/');
    const name = names.get(normaliseOperationName(written));
    if (name === undefined || name === written) continue;
    all.delete(key);
    const id = [`${apiId}/operations/${name}`, ...rest].join('/');
    all.set(id.toLowerCase(), { ...resource, id });
  }
}

/** A policy of an operation, API or product that is not there would be lost without a word. */
function reportOrphans(all: ReadonlyMap<string, ArtifactResource>, report: Report): void {
  for (const resource of all.values()) {
    if (!/\/policies$/.test(resourceKind(resource.id))) continue;
    const owner = parentId(resource.id);
    if (owner === '' || all.has(owner.toLowerCase())) continue;
    const message = `The policy belongs to '${resourceName(owner)}', which is not in the folder.`;
    report({ severity: 'warning', message, file: resource.file });
  }
}
