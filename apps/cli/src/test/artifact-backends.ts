import type { ArtifactResource } from '@isthmus/artifacts';
import type { BackendCredentials, PolicyCase } from '@isthmus/policy-engine';

type Backends = NonNullable<NonNullable<PolicyCase['given']>['backends']>;

/** The backend entities of a folder as cases give them: URL and credentials, with named values put in. */
export function backendsOf(
  resources: readonly ArtifactResource[],
  namedValues: Readonly<Record<string, string>>,
): Backends {
  const values = new Map(
    Object.entries(namedValues).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const filled = (text: string): string =>
    text.replace(
      /\{\{\s*([\w.-]+)\s*\}\}/g,
      (all, name: string) => values.get(name.toLowerCase()) ?? all,
    );
  const backends: Record<string, Backends[string]> = {};
  for (const { id, properties } of resources) {
    const name = /^\/backends\/([^/]+)$/i.exec(id)?.[1];
    if (name === undefined) continue;
    const { url } = properties;
    const credentials = credentialsOf(objectOf(properties['credentials']), filled);
    backends[name] = {
      ...(typeof url === 'string' ? { url: filled(url) } : {}),
      ...(credentials ? { credentials } : {}),
    };
  }
  return backends;
}

type Properties = Readonly<Record<string, unknown>>;

function objectOf(value: unknown): Properties | undefined {
  return typeof value === 'object' && value !== null ? (value as Properties) : undefined;
}

function credentialsOf(
  properties: Properties | undefined,
  filled: (text: string) => string,
): BackendCredentials | undefined {
  if (!properties) return undefined;
  const lists = (value: unknown): [string, string[]][] =>
    Object.entries(objectOf(value) ?? {}).map(([name, values]) => [
      name,
      (Array.isArray(values) ? (values as unknown[]) : [values]).map((one) => filled(String(one))),
    ]);
  const text = (value: unknown): string => (typeof value === 'string' ? filled(value) : '');
  const authorization = objectOf(properties['authorization']);
  const identity = objectOf(properties['managedIdentity']);
  const clientId = text(identity?.['clientId']);
  return {
    headers: lists(properties['header']),
    query: lists(properties['query']),
    ...(authorization
      ? {
          authorization:
            `${text(authorization['scheme'])} ${text(authorization['parameter'])}`.trim(),
        }
      : {}),
    ...(identity
      ? {
          managedIdentity: {
            resource: text(identity['resource']),
            ...(clientId ? { clientId } : {}),
          },
        }
      : {}),
  };
}
