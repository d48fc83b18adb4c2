import { randomBytes } from 'node:crypto';
import { keyHash, relativeReference } from '@isthmus/artifacts';
import { Type } from '@isthmus/contracts';
import type {
  ActionContext,
  ActionResult,
  Prepared,
  ResourceType,
  WriteContext,
} from '../resources/resource-type.js';
import type { Secrets } from '../resources/secrets.js';
import type { Properties } from '../resources/store/tables.js';

const Key = Type.Optional(Type.String({ minLength: 1, maxLength: 256 }));
const Hash = Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$' }));

const schema = Type.Object({
  displayName: Type.String({ minLength: 1, maxLength: 100 }),
  scope: Type.String(),
  state: Type.Optional(
    Type.Union(
      ['suspended', 'active', 'expired', 'submitted', 'rejected', 'cancelled'].map((one) =>
        Type.Literal(one),
      ),
    ),
  ),
  ownerId: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  allowTracing: Type.Optional(Type.Boolean()),
  primaryKey: Key,
  secondaryKey: Key,
  primaryKeyHash: Hash,
  secondaryKeyHash: Hash,
});

const names = ['primaryKey', 'secondaryKey'] as const;

/**
 * Keys are made here when the caller gives none. They are kept twice: sealed, for `listSecrets`, and as SHA-256 for the
 * gateways, which never see a key. A folder may bring hashes only; then there is nothing to list.
 */
export const subscriptions: ResourceType = {
  type: 'subscriptions',
  label: 'Subscription',
  schema,
  references: { ownerId: 'users' },
  prepare,
  release({ resource, report }) {
    if (resource.key === '/subscriptions/master')
      report({ target: 'id', message: 'The built-in subscription cannot be deleted; suspend it.' });
  },
  actions: {
    listSecrets: { role: 'Isthmus.Publisher', run: ({ secrets }) => ({ answer: { ...secrets } }) },
    regeneratePrimaryKey: {
      role: 'Isthmus.Publisher',
      run: (context) => renew(context, 'primaryKey'),
    },
    regenerateSecondaryKey: {
      role: 'Isthmus.Publisher',
      run: (context) => renew(context, 'secondaryKey'),
    },
  },
};

async function prepare(context: WriteContext): Promise<Prepared> {
  const { existing, writer, report, id } = context;
  const { primaryKey, secondaryKey, primaryKeyHash, secondaryKeyHash, ...visible } =
    context.properties;
  const given = { primaryKey, secondaryKey };
  const givenHashes: Properties = { primaryKeyHash, secondaryKeyHash };
  const hashed = primaryKeyHash !== undefined || secondaryKeyHash !== undefined;
  const secrets: Record<string, string> = {};
  const published: Record<string, string> = {};
  for (const name of names) {
    const hash = givenHashes[`${name}Hash`] ?? existing?.published?.[`${name}Hash`];
    const kept = context.secrets[name];
    const key =
      given[name] ?? (hash === undefined || (kept && keyHash(kept) === hash) ? kept : undefined);
    if (typeof key === 'string') secrets[name] = key;
    else if (hash === undefined && !hashed) secrets[name] = newKey();
    const known = secrets[name] === undefined ? hash : keyHash(secrets[name]);
    if (typeof known === 'string') published[`${name}Hash`] = known;
  }
  const taken = await writer.store.withKeyHash(Object.values(published));
  if (taken.some(({ key }) => key !== id.key))
    report({ target: 'primaryKey', message: 'A key is already used by another subscription.' });
  const scope = await settleScope(context);
  const properties = {
    allowTracing: false,
    state: 'submitted',
    createdDate: existing?.properties['createdDate'] ?? new Date().toISOString(),
    ...visible,
    scope,
  };
  return { properties, secrets, published };
}

/** A product, one API, all APIs, or the service itself (`/`). */
async function settleScope({ properties, writer, report }: WriteContext): Promise<string> {
  const given = String(properties['scope']);
  const scope = relativeReference(given).replace(/(.)\/$/, '$1') || '/';
  if (scope === '/' || /^\/apis$/i.test(scope)) return scope;
  if (/^\/products$/i.test(scope)) return '/';
  if (!/^\/(products|apis)\/[^/]+$/i.test(scope) || !(await writer.find(scope)))
    report({
      target: 'scope',
      message: `'${given}' is neither an existing product or API nor '/apis' nor the service.`,
    });
  return scope;
}

function renew({ resource, secrets }: ActionContext, name: (typeof names)[number]): ActionResult {
  const renewed: Secrets = { ...secrets, [name]: newKey() };
  return {
    answer: undefined,
    secrets: renewed,
    published: { ...resource.published, [`${name}Hash`]: keyHash(renewed[name]!) },
  };
}

/** As Azure's keys look: 32 hexadecimal digits. */
function newKey(): string {
  return randomBytes(16).toString('hex');
}
