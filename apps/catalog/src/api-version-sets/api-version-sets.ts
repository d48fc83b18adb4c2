import { Type } from '@isthmus/contracts';
import type { ResourceType } from '../resources/resource-type.js';

const schema = Type.Object({
  displayName: Type.String({ minLength: 1, maxLength: 100 }),
  versioningScheme: Type.Union([
    Type.Literal('Segment'),
    Type.Literal('Header'),
    Type.Literal('Query'),
  ]),
  versionHeaderName: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  versionQueryName: Type.Optional(Type.Union([Type.String(), Type.Null()])),
});

/** The member that each scheme needs. */
const needed = { Header: 'versionHeaderName', Query: 'versionQueryName' } as const;

export const apiVersionSets: ResourceType = {
  type: 'apiVersionSets',
  label: 'ApiVersionSet',
  schema,
  prepare({ properties, report }) {
    const scheme = properties['versioningScheme'] as keyof typeof needed | 'Segment';
    const member = scheme === 'Segment' ? undefined : needed[scheme];
    if (member !== undefined && !properties[member])
      report({ target: member, message: `The versioning scheme ${scheme} needs ${member}.` });
    return { properties };
  },
  async release({ resource, writer, report }) {
    for (const api of await writer.store.ofType('apis'))
      if (String(api.properties['apiVersionSetId']).toLowerCase() === resource.key)
        report({ target: 'id', message: `The version set is used by '${api.id}'.` });
  },
};
