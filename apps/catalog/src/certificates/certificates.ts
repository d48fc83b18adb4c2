import { Type } from '@isthmus/contracts';
import type { ResourceType } from '../resources/resource-type.js';

/** A client certificate for backends: PFX in base64 with its password, kept sealed, shown to gateways only. */
export const certificates: ResourceType = {
  type: 'certificates',
  label: 'Certificate',
  schema: Type.Object({
    data: Type.Optional(Type.String({ minLength: 1 })),
    password: Type.Optional(Type.String()),
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
    return { properties: visible, secrets: { ...secrets, ...given } };
  },
};
