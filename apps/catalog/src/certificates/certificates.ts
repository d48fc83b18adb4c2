import { Type } from '@isthmus/contracts';
import { readCertificate } from './read-certificate.js';
import type { ResourceType } from '../resources/resource-type.js';

/**
 * A certificate: a client certificate for backends or that of a host name (PFX in base64 with its password, kept sealed,
 * shown to gateways only), or an authority that gateways trust (`storeName`, as the service's own list has it).
 */
export const certificates: ResourceType = {
  type: 'certificates',
  label: 'Certificate',
  schema: Type.Object({
    data: Type.Optional(Type.String({ minLength: 1 })),
    password: Type.Optional(Type.String()),
    storeName: Type.Optional(
      Type.Union([Type.Literal('Root'), Type.Literal('CertificateAuthority')]),
    ),
  }),
  publishesSecrets: true,
  prepare({ properties, secrets, report }) {
    const { data, password, ...visible } = properties;
    if (data === undefined && secrets['data'] === undefined)
      report({ target: 'data', message: 'The certificate itself (PFX in base64) is required.' });
    const given = {
      ...(typeof data === 'string' ? { data } : {}),
      ...(typeof password === 'string' ? { password } : {}),
    };
    const kept = { ...secrets, ...given };
    if (kept['data'] === undefined) return { properties: visible, secrets: kept };
    try {
      const facts = readCertificate(kept['data'], kept['password'] ?? '');
      return { properties: { ...visible, ...facts }, secrets: kept };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      report({ target: 'data', message: `The certificate cannot be read: ${reason}` });
      return { properties: visible };
    }
  },
};
