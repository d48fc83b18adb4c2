import { randomBytes, scryptSync } from 'node:crypto';
import { Type } from '@isthmus/contracts';
import type { ResourceType } from '../resources/resource-type.js';

/** A developer, as policies see it in `context.User`. */
export const users: ResourceType = {
  type: 'users',
  label: 'User',
  schema: Type.Object({
    firstName: Type.String({ minLength: 1, maxLength: 100 }),
    lastName: Type.String({ minLength: 1, maxLength: 100 }),
    email: Type.String({ minLength: 3, maxLength: 254, pattern: '^[^\\s@]+@[^\\s@]+$' }),
    state: Type.Optional(
      Type.Union(['active', 'blocked', 'pending', 'deleted'].map((one) => Type.Literal(one))),
    ),
    note: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    password: Type.Optional(Type.String({ minLength: 8, maxLength: 100 })),
    identities: Type.Optional(Type.Array(Type.Object({}))),
  }),
  async prepare({ id, properties, existing, secrets, writer, report }) {
    const { password, confirmation: _invite, appType: _app, ...visible } = properties;
    const email = String(visible['email']).toLowerCase();
    for (const other of await writer.store.withProperty('users', 'email', email))
      if (other.key !== id.key)
        report({ target: 'email', message: 'The e-mail address belongs to another user.' });
    return {
      properties: {
        state: 'active',
        registrationDate: existing?.properties['registrationDate'] ?? new Date().toISOString(),
        ...visible,
      },
      secrets: typeof password === 'string' ? { passwordHash: hash(password) } : secrets,
    };
  },
};

function hash(password: string): string {
  const salt = randomBytes(16);
  return `scrypt$${salt.toString('base64')}$${scryptSync(password, salt, 32).toString('base64')}`;
}
