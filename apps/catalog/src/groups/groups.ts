import { Type } from '@isthmus/contracts';
import type { ResourceType } from '../resources/resource-type.js';

/** The groups that every service has. */
export const builtInGroups = {
  administrators: 'Administrators',
  developers: 'Developers',
  guests: 'Guests',
} as const;

export const groups: ResourceType = {
  type: 'groups',
  label: 'Group',
  schema: Type.Object({
    displayName: Type.String({ minLength: 1, maxLength: 300 }),
    description: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    type: Type.Optional(Type.String()),
    externalId: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  }),
  prepare({ id, properties }) {
    const builtIn = Object.hasOwn(builtInGroups, id.name);
    const type = builtIn ? 'system' : (properties['type'] ?? 'custom');
    return { properties: { ...properties, type, builtIn } };
  },
  release({ resource, report }) {
    if (resource.properties['builtIn'] === true)
      report({ target: 'id', message: 'A built-in group cannot be deleted.' });
  },
};

export const groupUsers: ResourceType = { type: 'groups/users', label: 'User', linksTo: 'users' };
