import type { ArtifactResource } from '../resource.js';
import { isRecord, parseYaml } from './parse-text.js';
import type { Report } from './parse-text.js';

/** Sections of `configuration.<environment>.yaml` and the collections whose items they change. */
const sections: Readonly<Record<string, string>> = {
  namedValues: 'namedValues',
  backends: 'backends',
  apis: 'apis',
  diagnostics: 'diagnostics',
  loggers: 'loggers',
  policies: 'policies',
  gateways: 'gateways',
  versionSets: 'apiVersionSets',
  groups: 'groups',
  subscriptions: 'subscriptions',
  products: 'products',
  tags: 'tags',
  policyFragments: 'policyFragments',
  schemas: 'schemas',
  certificates: 'certificates',
  operations: 'operations',
  releases: 'releases',
  workspaces: 'workspaces',
};

interface Change {
  readonly id: string;
  readonly properties: Record<string, unknown>;
}

/**
 * Replaces pipeline tokens, `{#NAME#}` and `{#[NAME]#}`, by the given values; names without a value
 * are reported and stay as they are.
 */
export function replaceTokens(
  text: string,
  tokens: Readonly<Record<string, string>>,
  missing: (name: string) => void,
): string {
  return text.replace(/\{#\[?([\w.-]+)\]?#\}/g, (token, name: string) => {
    const value = Object.hasOwn(tokens, name) ? tokens[name] : undefined;
    if (value === undefined) missing(name);
    return value ?? token;
  });
}

/**
 * Lays the overrides of one environment over what a folder says: each item's properties are merged
 * deeply, lists are replaced. An item that names nothing in the folder is reported: overrides that
 * do nothing are a well-known trap of this format.
 */
export function applyOverrides(
  resources: readonly ArtifactResource[],
  source: { readonly text: string; readonly file: string },
  report: Report,
): ArtifactResource[] {
  const document = parseYaml(source.text, source.file, report);
  if (!isRecord(document)) return [...resources];
  const changes: Change[] = [];
  collect(document, '', changes, (message) =>
    report({ severity: 'error', message, file: source.file }),
  );
  const byId = new Map(resources.map((resource) => [resource.id.toLowerCase(), resource]));
  for (const change of changes) {
    const found = byId.get(change.id.toLowerCase());
    if (!found) {
      const message = `The override of '${change.id}' names a resource that the folder does not hold.`;
      report({ severity: 'warning', message, file: source.file });
      continue;
    }
    const properties = merge(found.properties, change.properties);
    byId.set(change.id.toLowerCase(), { ...found, properties });
  }
  return [...byId.values()];
}

function collect(
  holder: Record<string, unknown>,
  owner: string,
  changes: Change[],
  complain: (message: string) => void,
): void {
  for (const [section, items] of Object.entries(holder)) {
    if (section === 'apimServiceName' || section === 'name' || section === 'properties') continue;
    const collection = sections[section];
    if (!collection || !Array.isArray(items)) {
      complain(`'${section}' is no list of overrides.`);
      continue;
    }
    for (const item of items as unknown[]) {
      if (!isRecord(item) || typeof item['name'] !== 'string') {
        complain(`An item of '${section}' has no name.`);
        continue;
      }
      const id = `${owner}/${collection}/${item['name']}`;
      if (isRecord(item['properties'])) changes.push({ id, properties: item['properties'] });
      collect(item, id, changes, complain);
    }
  }
}

function merge(
  base: Readonly<Record<string, unknown>>,
  over: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    if (key === '__proto__') continue;
    const before = merged[key];
    merged[key] = isRecord(before) && isRecord(value) ? merge(before, value) : value;
  }
  return merged;
}
