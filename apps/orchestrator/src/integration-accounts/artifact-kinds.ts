import { X509Certificate } from 'node:crypto';
import { ServiceError } from '@isthmus/host';

/** Properties of an artifact as they were put. */
export type ArtifactProperties = Readonly<Record<string, unknown>>;

/** A kind of artifact that an integration account holds. */
export interface ArtifactKind {
  /** As in addresses. */
  readonly path: string;
  /** What IntegrationAccountArtifactLookup calls it. */
  readonly artifactType: string;
  /** What is wrong with the properties; undefined: nothing. */
  problem(properties: ArtifactProperties): string | undefined;
}

const mapTypes = ['xslt', 'xslt20', 'xslt30', 'liquid'];

const kinds: readonly ArtifactKind[] = [
  {
    path: 'maps',
    artifactType: 'Map',
    problem: ({ mapType, content }) => {
      if (!mapTypes.includes(String(mapType).toLowerCase()))
        return `'properties.mapType' must be one of Xslt, Xslt20, Xslt30, Liquid.`;
      return textProblem(content);
    },
  },
  {
    path: 'schemas',
    artifactType: 'Schema',
    problem: ({ schemaType, content }) =>
      String(schemaType).toLowerCase() === 'xml'
        ? textProblem(content)
        : `'properties.schemaType' must be Xml.`,
  },
  { path: 'certificates', artifactType: 'Certificate', problem: certificateProblem },
  {
    path: 'partners',
    artifactType: 'Partner',
    problem: ({ content }) => objectProblem(content),
  },
  {
    path: 'agreements',
    artifactType: 'Agreement',
    problem: ({ content }) => objectProblem(content),
  },
  {
    path: 'batchConfigurations',
    artifactType: 'BatchConfiguration',
    problem: batchConfigurationProblem,
  },
];

/** Kinds that only electronic data interchange or .NET code would use. */
const unsupported = new Set(['assemblies', 'sessions']);

/** @throws ServiceError 501 for what the product does not do, 404 for what is no kind of artifact */
export function artifactKind(path: string): ArtifactKind {
  const found = kinds.find((kind) => kind.path.toLowerCase() === path.toLowerCase());
  if (found) return found;
  if (unsupported.has(path.toLowerCase()))
    throw new ServiceError(
      501,
      'NotSupported',
      `'${path}' of integration accounts are not supported.`,
    );
  throw new ServiceError(404, 'ResourceTypeNotFound', `Integration accounts have no '${path}'.`);
}

/** The kind that an action or row names. */
export function kindOfPath(path: string): ArtifactKind | undefined {
  return kinds.find((kind) => kind.path === path);
}

function textProblem(content: unknown): string | undefined {
  return typeof content === 'string' && content.trim() !== ''
    ? undefined
    : `'properties.content' must be the text of the artifact.`;
}

function objectProblem(content: unknown): string | undefined {
  return typeof content === 'object' && content !== null && !Array.isArray(content)
    ? undefined
    : `'properties.content' must be an object.`;
}

/** A batch that trigger definitions name by its group, with at least one criterion to release it. */
function batchConfigurationProblem(properties: ArtifactProperties): string | undefined {
  const { batchGroupName, releaseCriteria } = properties;
  if (typeof batchGroupName !== 'string' || batchGroupName === '')
    return `'properties.batchGroupName' must be a name.`;
  const criteria = typeof releaseCriteria === 'object' ? (releaseCriteria ?? {}) : {};
  return ['messageCount', 'batchSize', 'recurrence'].some((name) => name in criteria)
    ? undefined
    : `'properties.releaseCriteria' must have at least one of 'messageCount', 'batchSize' and 'recurrence'.`;
}

/** A public certificate, base64; the private one stays in its vault and is never kept here. */
function certificateProblem({ publicCertificate, key }: ArtifactProperties): string | undefined {
  if (publicCertificate === undefined && typeof key === 'object' && key !== null) return undefined;
  if (typeof publicCertificate !== 'string')
    return `'properties.publicCertificate' must be a certificate in base64.`;
  try {
    return void new X509Certificate(Buffer.from(publicCertificate, 'base64'));
  } catch {
    return `'properties.publicCertificate' is no certificate.`;
  }
}
