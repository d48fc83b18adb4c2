import { relativeReference } from '@isthmus/artifacts';
import { Type } from '@isthmus/contracts';
import type { Prepared, ResourceType, WriteContext } from '../resources/resource-type.js';
import { policyTypes } from '../policies/policies.js';

const Member = Type.Object({
  id: Type.String({ minLength: 1 }),
  priority: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
  weight: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
});

const schema = Type.Object({
  url: Type.Optional(Type.Union([Type.String({ maxLength: 2000 }), Type.Null()])),
  protocol: Type.Optional(Type.Union([Type.Literal('http'), Type.Literal('soap')])),
  type: Type.Optional(Type.Union([Type.Literal('Single'), Type.Literal('Pool')])),
  pool: Type.Optional(Type.Union([Type.Object({ services: Type.Array(Member) }), Type.Null()])),
  circuitBreaker: Type.Optional(Type.Union([Type.Object({}), Type.Null()])),
  credentials: Type.Optional(Type.Union([Type.Object({}), Type.Null()])),
  tls: Type.Optional(Type.Union([Type.Object({}), Type.Null()])),
});

export const backends: ResourceType = {
  type: 'backends',
  label: 'Backend',
  schema,
  prepare,
  async release({ resource, writer, report }) {
    const name = resource.id.slice(resource.id.lastIndexOf('/') + 1);
    const use = new RegExp(`backend-id\\s*=\\s*\\\\?["']${escape(name)}\\\\?["']`, 'i');
    for (const one of await writer.store.ofType(...policyTypes, 'policyFragments'))
      if (use.test(String(one.properties['value'])))
        report({ target: 'id', message: `The backend is used by '${one.id}'.` });
  },
};

async function prepare({ id, properties, writer, report }: WriteContext): Promise<Prepared> {
  const pool = properties['pool'] as { services: { id: string }[] } | null | undefined;
  if (properties['type'] !== 'Pool') {
    const url = properties['url'];
    // A named value may stand for the address or a part of it.
    if (typeof url !== 'string' || (!url.includes('{{') && !URL.canParse(url)))
      report({ target: 'url', message: 'A backend needs an absolute URL.' });
    if (properties['protocol'] === undefined)
      report({ target: 'protocol', message: "A backend needs a protocol, 'http' or 'soap'." });
    return { properties };
  }
  if (!pool || pool.services.length === 0)
    report({ target: 'pool', message: 'A pool needs at least one backend.' });
  const services = [];
  for (const member of pool?.services ?? []) {
    const reference = relativeReference(member.id);
    if (reference.toLowerCase() === id.key || !(await writer.find(reference)))
      report({ target: 'pool.services', message: `'${member.id}' is no other backend.` });
    services.push({ ...member, id: reference });
  }
  return { properties: { ...properties, pool: { ...pool, services } } };
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
