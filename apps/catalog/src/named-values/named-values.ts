import { Type } from '@isthmus/contracts';
import type {
  DeleteContext,
  Prepared,
  ResourceType,
  WriteContext,
} from '../resources/resource-type.js';
import type { StoredResource } from '../resources/store/resource.store.js';
import { policyTypes } from '../policies/policies.js';

const schema = Type.Object({
  displayName: Type.Optional(
    Type.String({ minLength: 1, maxLength: 256, pattern: '^[A-Za-z0-9-._]+$' }),
  ),
  value: Type.Optional(Type.Union([Type.String({ maxLength: 4096 }), Type.Null()])),
  secret: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
  tags: Type.Optional(Type.Union([Type.Array(Type.String()), Type.Null()])),
  keyVault: Type.Optional(Type.Union([Type.Object({}), Type.Null()])),
});

/** A value that policies name as `{{displayName}}`. A secret one is never in an answer to GET, only in `listValue`. */
export const namedValues: ResourceType = {
  type: 'namedValues',
  label: 'NamedValue',
  schema,
  prepare,
  release,
  publishesSecrets: true,
  actions: {
    listValue: {
      role: 'Isthmus.Publisher',
      run: ({ resource, secrets }) => ({
        answer: { value: secrets['value'] ?? resource.properties['value'] },
      }),
    },
  },
};

async function prepare(context: WriteContext): Promise<Prepared> {
  const { id, existing, writer, report } = context;
  const { value: given, ...rest } = context.properties;
  const displayName = typeof rest['displayName'] === 'string' ? rest['displayName'] : id.name;
  const value = given ?? context.secrets['value'] ?? existing?.properties['value'];
  if (typeof value !== 'string' || value.trim() === '')
    report({
      target: 'value',
      message: rest['keyVault']
        ? 'Key Vault cannot be read from here; give the value (in a folder: by configuration.<environment>.yaml).'
        : 'A value is required.',
    });
  for (const other of await writer.store.withProperty('namedValues', 'displayName', displayName))
    if (other.key !== id.key && other.properties['displayName'] === displayName)
      report({
        target: 'displayName',
        message: `'${displayName}' is already the display name of '${other.id}'.`,
      });
  if (existing && existing.properties['displayName'] !== displayName)
    await reportUses(existing, writer, report);
  const properties = { ...rest, displayName, secret: rest['secret'] === true };
  return properties.secret
    ? { properties, secrets: { value: String(value) } }
    : { properties: { ...properties, value }, secrets: {} };
}

async function release({ resource, writer, report }: DeleteContext): Promise<void> {
  await reportUses(resource, writer, report);
}

/** Documents name the value by its display name: without it they would no longer compile. */
async function reportUses(
  resource: StoredResource,
  writer: WriteContext['writer'],
  report: WriteContext['report'],
): Promise<void> {
  const reference = `{{${String(resource.properties['displayName'])}}}`;
  for (const one of await writer.store.ofType(...policyTypes, 'policyFragments', 'backends')) {
    const text = JSON.stringify(one.properties).replace(/\{\{\s*([^{}\s]+)\s*\}\}/g, '{{$1}}');
    if (text.includes(reference))
      report({ target: 'id', message: `The named value is used by '${one.id}'.` });
  }
}
