import {
  importApi,
  type ArtifactProblem,
  type ImportedApi,
  type WsdlSelector,
} from '@isthmus/artifacts';
import type { Mistake } from '../resources/resource-type.js';
import type { ResourceWriter } from '../resources/resource-writer.js';
import type { Properties } from '../resources/store/tables.js';

/** A description to import, taken out of the properties of a PUT. */
export interface ImportSource {
  readonly format: string;
  readonly text: string;
  readonly apiType: string | undefined;
  readonly requiredQueryParameters: 'template' | 'query';
  readonly wsdlSelector: WsdlSelector | undefined;
  /** Documents that a WSDL imports, by their paths from it. */
  readonly related: ReadonlyMap<string, string>;
}

/** The import formats of ARM, and a file name by which the readers know each. */
const fileNames: Readonly<Record<string, string>> = {
  openapi: 'specification.yaml',
  'openapi+json': 'specification.json',
  'swagger-json': 'specification.json',
  wsdl: 'specification.wsdl',
  'wadl-xml': 'specification.wadl',
  graphql: 'specification.graphql',
};

/** Members that steer the import and are no properties of the API. */
export function takeImport(properties: Properties): {
  given: Properties;
  source: ImportSource | undefined;
} {
  const {
    format,
    value,
    wsdlSelector: selector,
    relatedDocuments: related,
    apiType,
    translateRequiredQueryParameters: translate,
    ...given
  } = properties;
  if (typeof format !== 'string' || typeof value !== 'string') return { given, source: undefined };
  return {
    given,
    source: {
      format: format.toLowerCase(),
      text: value,
      apiType: typeof apiType === 'string' ? apiType : undefined,
      requiredQueryParameters: translate === 'query' ? 'query' : 'template',
      wsdlSelector: texts(selector),
      related: new Map(Object.entries(texts(related) ?? {})),
    },
  };
}

/** The members of an object that are text; undefined for what is no object or has none. */
function texts(value: unknown): Record<string, string> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const found = Object.entries(value).filter(
    (one): one is [string, string] => typeof one[1] === 'string',
  );
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}

/** What an import makes of an API. */
export interface Imported extends Pick<
  ImportedApi,
  'type' | 'displayName' | 'description' | 'serviceUrl'
> {
  /** Writes operations and schemas below the API; those that the description no longer has are deleted. */
  write(writer: ResourceWriter, apiId: string): Promise<void>;
}

/** Reads a description; mistakes in it are reported with their positions. */
export function importDefinition(
  source: ImportSource,
  report: (mistake: Mistake) => void,
): Imported | undefined {
  const file = fileNames[source.format];
  if (file === undefined) {
    const known = Object.keys(fileNames).join(', ');
    report({
      target: 'format',
      message: `The import format '${source.format}' is not one of ${known} or their -link forms.`,
    });
    return undefined;
  }
  const api = importApi({
    text: source.text,
    file,
    operationNames: 'normalised',
    requiredQueryParameters: source.requiredQueryParameters,
    related: source.related,
    soapAs: source.apiType === 'http' ? 'rest' : 'pass-through',
    ...(source.wsdlSelector ? { wsdlSelector: source.wsdlSelector } : {}),
    report: (problem) => {
      if (problem.severity === 'error') report(toMistake(problem));
    },
  });
  return api && { ...api, write: (writer, apiId) => writeBelow(api, writer, apiId) };
}

function toMistake({ message, line, column }: ArtifactProblem): Mistake {
  const place = line === undefined ? '' : ` (line ${line}, column ${column ?? 1})`;
  return { target: 'value', message: message + place };
}

async function writeBelow(api: ImportedApi, writer: ResourceWriter, apiId: string): Promise<void> {
  const parts = [
    { collection: 'schemas', made: api.schemas },
    { collection: 'operations', made: api.operations },
  ];
  for (const { collection, made } of parts) {
    const names = new Set(made.map(({ name }) => name.toLowerCase()));
    for (const old of await writer.store.children(apiId, `apis/${collection}`))
      if (!names.has(old.key.slice(old.key.lastIndexOf('/') + 1))) await writer.remove(old.id);
    for (const { name, properties } of made)
      await writer.write(`${apiId}/${collection}/${name}`, properties);
  }
  for (const { name, policy } of api.operations)
    if (policy !== undefined)
      await writer.write(`${apiId}/operations/${name}/policies/policy`, {
        format: 'rawxml',
        value: policy,
      });
}
