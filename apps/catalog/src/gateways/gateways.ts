import { createHmac, randomBytes } from 'node:crypto';
import { resourceName } from '@isthmus/artifacts';
import { Type } from '@isthmus/contracts';
import { ServiceError } from '@isthmus/host';
import type { ActionContext, ActionResult, ResourceType } from '../resources/resource-type.js';
import type { Properties } from '../resources/store/tables.js';

/** The gateway that serves every API; others serve the APIs that are assigned to them. */
export const managedGateway = 'managed';

/** Each gateway has two keys of its own, with which it reads its configuration and nothing else. */
export const gateways: ResourceType = {
  type: 'gateways',
  label: 'Gateway',
  schema: Type.Object({
    locationData: Type.Optional(
      Type.Object({ name: Type.String({ minLength: 1, maxLength: 256 }) }),
    ),
    description: Type.Optional(Type.Union([Type.String({ maxLength: 1000 }), Type.Null()])),
  }),
  prepare: ({ properties, secrets }) => ({
    properties,
    secrets: { primary: newKey(), secondary: newKey(), ...secrets },
  }),
  release({ resource, report }) {
    if (resource.key === `/gateways/${managedGateway}`)
      report({ target: 'id', message: 'The managed gateway cannot be deleted.' });
  },
  actions: {
    listKeys: { role: 'Isthmus.Admin', run: ({ secrets }) => ({ answer: { ...secrets } }) },
    regenerateKey: { role: 'Isthmus.Admin', run: regenerateKey },
    generateToken: { role: 'Isthmus.Admin', run: generateToken },
  },
};

export const gatewayApis: ResourceType = { type: 'gateways/apis', label: 'API', linksTo: 'apis' };

/** A host name of a gateway (a custom domain), its certificate, and whether callers are asked for theirs. */
export const hostnameConfigurations: ResourceType = {
  type: 'gateways/hostnameConfigurations',
  label: 'HostnameConfiguration',
  schema: Type.Object({
    hostname: Type.String({ minLength: 1, maxLength: 253, pattern: '^(\\*\\.)?[A-Za-z0-9.-]+$' }),
    certificateId: Type.Optional(Type.String({ minLength: 1 })),
    negotiateClientCertificate: Type.Optional(Type.Boolean()),
    /** Names or ids of certificates; an addition to the service's properties. */
    clientCertificateAuthorityIds: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
  }),
  references: { certificateId: 'certificates' },
  async prepare({ properties, writer, report }) {
    const authorities = Array.isArray(properties['clientCertificateAuthorityIds'])
      ? properties['clientCertificateAuthorityIds'].map((one) => certificateId(String(one)))
      : undefined;
    for (const id of authorities ?? [])
      if (!(await writer.find(id)))
        report({ target: 'clientCertificateAuthorityIds', message: `'${id}' does not exist.` });
    return {
      properties: authorities
        ? { ...properties, clientCertificateAuthorityIds: authorities }
        : properties,
    };
  },
};

/** A certificate of its name among those of the service that a gateway trusts as an authority. */
export const certificateAuthorities: ResourceType = {
  type: 'gateways/certificateAuthorities',
  label: 'CertificateAuthority',
  schema: Type.Object({ isTrusted: Type.Optional(Type.Boolean()) }),
  async prepare({ id, properties, writer, report }) {
    const certificate = certificateId(id.name);
    if (!(await writer.find(certificate)))
      report({ target: 'certificateId', message: `'${certificate}' does not exist.` });
    return { properties };
  },
};

function certificateId(reference: string): string {
  return `/certificates/${resourceName(reference)}`;
}

function newKey(): string {
  return randomBytes(64).toString('base64');
}

function regenerateKey({ secrets, body }: ActionContext): ActionResult {
  return { answer: undefined, secrets: { ...secrets, [keyTypeOf(body)]: newKey() } };
}

/** A token that stands for a key until it expires: `<gateway>&<yyyyMMddHHmm>&<signature>`. */
function generateToken({ resource, secrets, body }: ActionContext): ActionResult {
  const expiry = new Date(String(body['expiry']));
  const days = (expiry.getTime() - Date.now()) / 86_400_000;
  if (!(days > 0 && days <= 30))
    throw new ServiceError(400, 'ValidationError', 'expiry must lie within the next 30 days.');
  const stamp = expiry.toISOString().replace(/\D/g, '').slice(0, 12);
  const name = resource.id.slice('/gateways/'.length);
  return {
    answer: { value: `${name}&${stamp}&${signToken(name, stamp, secrets[keyTypeOf(body)]!)}` },
  };
}

/** The signature of a gateway token under one of the gateway's keys. */
export function signToken(gateway: string, stamp: string, key: string): string {
  return createHmac('sha512', Buffer.from(key, 'base64'))
    .update(`${gateway.toLowerCase()}\n${stamp}`)
    .digest('base64');
}

function keyTypeOf(body: Properties): 'primary' | 'secondary' {
  const { keyType } = body;
  if (keyType !== 'primary' && keyType !== 'secondary')
    throw new ServiceError(400, 'ValidationError', "keyType must be 'primary' or 'secondary'.");
  return keyType;
}
