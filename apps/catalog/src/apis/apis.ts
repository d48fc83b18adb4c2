import { randomBytes } from 'node:crypto';
import { relativeReference, resourceName } from '@isthmus/artifacts';
import { Type } from '@isthmus/contracts';
import { splitRevision } from '../resources/resource-id.js';
import type {
  DeleteContext,
  Prepared,
  ResourceType,
  WriteContext,
} from '../resources/resource-type.js';
import type { ResourceWriter } from '../resources/resource-writer.js';
import type { Properties } from '../resources/store/tables.js';
import { importDefinition, takeImport } from './import-definition.js';

const Text = Type.String();
const Flag = Type.Boolean();

/** The ApiCreateOrUpdateProperties of ARM; what is not named is stored as it is. */
const schema = Type.Object({
  path: Type.String({ maxLength: 400 }),
  displayName: Type.Optional(Type.String({ minLength: 1, maxLength: 300 })),
  description: Type.Optional(Text),
  serviceUrl: Type.Optional(Type.Union([Type.String({ maxLength: 2000 }), Type.Null()])),
  protocols: Type.Optional(
    Type.Array(Type.Union(['http', 'https', 'ws', 'wss'].map((one) => Type.Literal(one)))),
  ),
  type: Type.Optional(
    Type.Union(
      ['http', 'soap', 'websocket', 'graphql', 'odata', 'grpc', 'mcp', 'a2a'].map((one) =>
        Type.Literal(one),
      ),
    ),
  ),
  apiType: Type.Optional(Text),
  subscriptionRequired: Type.Optional(Flag),
  subscriptionKeyParameterNames: Type.Optional(
    Type.Union([
      Type.Object({ header: Type.Optional(Text), query: Type.Optional(Text) }),
      Type.Null(),
    ]),
  ),
  apiRevision: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  apiVersion: Type.Optional(Type.Union([Type.String({ maxLength: 100 }), Type.Null()])),
  apiVersionSetId: Type.Optional(Type.Union([Text, Type.Null()])),
  isCurrent: Type.Optional(Flag),
  format: Type.Optional(Text),
  value: Type.Optional(Text),
});

const defaults = {
  type: 'http',
  protocols: ['https'],
  subscriptionRequired: true,
} as const;

/** What a revision that is not current shares with the current one and cannot change alone. */
const sharedByRevisions = ['path', 'type', 'apiVersion', 'apiVersionSetId'] as const;

export const apis: ResourceType = {
  type: 'apis',
  label: 'API',
  schema,
  references: { apiVersionSetId: 'apiVersionSets', sourceApiId: 'apis' },
  expand: writeVersionSet,
  prepare,
  release,
};

/** `apiVersionSet`: a version set that is made together with its first API, or changed through it. */
async function writeVersionSet(
  properties: Properties,
  writer: ResourceWriter,
): Promise<Properties> {
  const { apiVersionSet, ...rest } = properties;
  if (typeof apiVersionSet !== 'object' || apiVersionSet === null) return rest;
  const { id, name, versioningScheme, ...details } = apiVersionSet as Properties;
  const reference = [rest['apiVersionSetId'], id].find((one) => typeof one === 'string');
  // An id alone is a reference; what else is given describes the set.
  if (versioningScheme === undefined) return { apiVersionSetId: reference, ...rest };
  const own = relativeReference(
    typeof reference === 'string'
      ? reference
      : `/apiVersionSets/${randomBytes(12).toString('hex')}`,
  );
  const set = { displayName: name ?? resourceName(own), versioningScheme, ...details };
  await writer.write(own, set);
  return { ...rest, apiVersionSetId: own };
}

async function prepare(context: WriteContext): Promise<Prepared> {
  const { id, existing, writer, report } = context;
  const { given, source } = takeImport(context.properties);
  const { name, revision } = splitRevision(id.name);
  const imported = source && importDefinition(source, report);
  const current = revision === undefined ? undefined : await writer.store.find(`/apis/${name}`);
  if (revision !== undefined && !current)
    report({ target: 'id', message: `API '${name}' does not exist, so it can have no revision.` });
  const copied = existing ? [] : await sourceOf(context);
  const properties: Record<string, unknown> = {
    ...defaults,
    ...(imported ? importedProperties(imported) : {}),
    ...copied[0]?.properties,
    ...given,
  };
  properties['path'] = String(properties['path']).replace(/^\/+|\/+$/g, '');
  properties['displayName'] ??= name;
  properties['apiRevision'] = revision ?? properties['apiRevision'] ?? '1';
  properties['isCurrent'] = revision === undefined;
  if (revision === undefined) await checkAddress(context, name, properties);
  else if (current) checkShared(current.properties, properties, context);
  await checkVersion(context, properties);
  return {
    properties: withoutEmpty(properties),
    followUp: async () => {
      for (const one of copied.slice(1))
        await writer.write(id.id + one.id.slice(copied[0]!.id.length), one.properties);
      await imported?.write(writer, id.id);
    },
  };
}

function importedProperties(imported: {
  displayName?: string;
  description?: string;
  serviceUrl?: string;
  type: string;
}): Properties {
  const { displayName, description, serviceUrl, type } = imported;
  return withoutEmpty({ displayName, description, serviceUrl, type });
}

function withoutEmpty(properties: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties).filter(([, value]) => value !== undefined && value !== null),
  );
}

/** A new version or revision begins as a copy of another API, releases apart. */
async function sourceOf({
  properties,
  writer,
}: WriteContext): ReturnType<typeof writer.store.subtree> {
  const source = properties['sourceApiId'];
  if (typeof source !== 'string') return [];
  const root = await writer.find(source);
  if (!root) return [];
  const tree = await writer.store.subtree(root.id);
  return tree.filter(({ type }) => type !== 'apis/releases');
}

/** Path and version lead to one API only. */
async function checkAddress(
  { writer, report, id }: WriteContext,
  name: string,
  properties: Properties,
): Promise<void> {
  const address = addressOf(properties);
  const path = String(properties['path']);
  for (const other of await writer.store.withProperty('apis', 'path', path)) {
    const { name: otherName, revision } = splitRevision(other.id.slice('/apis/'.length));
    if (revision !== undefined || otherName.toLowerCase() === name.toLowerCase()) continue;
    if (other.key === id.key || addressOf(other.properties) !== address) continue;
    report({
      target: 'path',
      message: `Cannot create API '${name}' with the same Path '${path}' as API '${otherName}'.`,
    });
  }
}

function addressOf(properties: Properties): string {
  const { path, apiVersion, apiVersionSetId } = properties;
  const versioned = typeof apiVersionSetId === 'string' && typeof apiVersion === 'string';
  return JSON.stringify([String(path).toLowerCase(), versioned ? apiVersion.toLowerCase() : '']);
}

function checkShared(current: Properties, properties: Properties, context: WriteContext): void {
  for (const member of sharedByRevisions) {
    const [own, shared] = [properties[member] ?? null, current[member] ?? null];
    if (JSON.stringify(own) !== JSON.stringify(shared))
      context.report({
        target: member,
        message: `A revision that is not current cannot change '${member}'.`,
      });
  }
}

async function checkVersion(
  { writer, report }: WriteContext,
  { apiVersion, apiVersionSetId }: Properties,
): Promise<void> {
  if (typeof apiVersion === 'string' && apiVersion !== '' && !apiVersionSetId)
    report({ target: 'apiVersionSetId', message: 'A version needs a version set.' });
  if (typeof apiVersionSetId === 'string' && !(await writer.find(apiVersionSetId)))
    report({ target: 'apiVersionSetId', message: `'${apiVersionSetId}' does not exist.` });
}

async function release({ resource, writer, options, report }: DeleteContext): Promise<void> {
  const name = resource.id.slice('/apis/'.length);
  if (splitRevision(name).revision !== undefined) return;
  const others = (await writer.store.ofType('apis')).filter((one) =>
    one.key.startsWith(`${resource.key};rev=`),
  );
  if (others.length > 0 && options['deleteRevisions'] !== 'true') {
    report({
      target: 'id',
      message: `API '${name}' has other revisions; delete it with deleteRevisions=true.`,
    });
    return;
  }
  for (const other of others) await writer.remove(other.id);
  for (const one of await writer.store.ofType('subscriptions'))
    if (String(one.properties['scope']).toLowerCase() === resource.key) await writer.remove(one.id);
}
