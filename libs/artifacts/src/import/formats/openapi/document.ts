import { isRecord, scalarText } from '../../../folder/parse-text.js';

/** An OpenAPI document of any version, with what differs between versions settled. */
export interface OpenApiDocument {
  readonly version: 2 | 3;
  /** "2.0", "3.0.1" …: tells the dialect of the schemas. */
  readonly specification: string;
  readonly root: Readonly<Record<string, unknown>>;
  /** Server addresses with variables replaced by their defaults. */
  readonly servers: readonly string[];
  /** Named schemas: `components.schemas`, or `definitions`. */
  readonly schemas: Readonly<Record<string, unknown>>;
  /** Default media types (2.0). */
  readonly consumes: readonly string[];
  readonly produces: readonly string[];
  /** Follows `$ref` as far as it goes; a reference that leads nowhere gives undefined and is told. */
  resolve(value: unknown): Readonly<Record<string, unknown>> | undefined;
}

/**
 * Opens a parsed document; undefined when it says no version that we know. `warn` is told what is wrong with a
 * reference, and the reference as written.
 */
export function openDocument(
  root: Readonly<Record<string, unknown>>,
  warn: (message: string, reference: string) => void,
): OpenApiDocument | undefined {
  const old = scalarText(root['swagger']) === '2.0' || root['swagger'] === 2;
  if (!old && !/^3\.\d/.test(scalarText(root['openapi']))) return undefined;
  const components = isRecord(root['components']) ? root['components'] : {};
  const schemas = old ? root['definitions'] : components['schemas'];
  return {
    version: old ? 2 : 3,
    specification: old ? '2.0' : scalarText(root['openapi']),
    root,
    servers: old ? hosts(root) : serverUrls(root['servers']),
    schemas: isRecord(schemas) ? schemas : {},
    consumes: strings(root['consumes']),
    produces: strings(root['produces']),
    resolve: (value) => resolve(root, value, warn),
  };
}

/** The strings of a list; anything else is no list of strings. */
export function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}

function hosts(root: Readonly<Record<string, unknown>>): string[] {
  const host = root['host'];
  if (typeof host !== 'string') return [];
  const base = typeof root['basePath'] === 'string' ? root['basePath'] : '';
  const schemes = strings(root['schemes']);
  return (schemes.length > 0 ? schemes : ['https']).map((scheme) => `${scheme}://${host}${base}`);
}

function serverUrls(servers: unknown): string[] {
  if (!Array.isArray(servers)) return [];
  return servers.flatMap((server: unknown) => {
    if (!isRecord(server) || typeof server['url'] !== 'string') return [];
    const variables = isRecord(server['variables']) ? server['variables'] : {};
    return server['url'].replace(/\{([^}]+)\}/g, (whole, name: string) => {
      const variable = variables[name];
      return isRecord(variable) && variable['default'] !== undefined
        ? scalarText(variable['default'])
        : whole;
    });
  });
}

function resolve(
  root: Readonly<Record<string, unknown>>,
  value: unknown,
  warn: (message: string, reference: string) => void,
): Readonly<Record<string, unknown>> | undefined {
  let current = value;
  let last = '';
  for (let hops = 0; hops < 32; hops++) {
    if (!isRecord(current)) return undefined;
    const reference = current['$ref'];
    if (typeof reference !== 'string') return current;
    const target = follow(root, reference);
    if (target === undefined) {
      warn(`The reference '${reference}' leads nowhere in this document.`, reference);
      return undefined;
    }
    last = reference;
    current = target;
  }
  warn('A chain of references never ends.', last);
  return undefined;
}

function follow(root: Readonly<Record<string, unknown>>, reference: string): unknown {
  if (!reference.startsWith('#/')) return undefined;
  let current: unknown = root;
  for (const part of reference.slice(2).split('/')) {
    const key = decodePart(part).replace(/~1/g, '/').replace(/~0/g, '~');
    if (Array.isArray(current)) current = (current as unknown[])[Number(key)];
    else if (isRecord(current) && Object.hasOwn(current, key)) current = current[key];
    else return undefined;
  }
  return current;
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
