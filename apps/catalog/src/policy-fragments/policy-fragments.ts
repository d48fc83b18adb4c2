import { documentSchema, inFormat, policyTypes, withFormat } from '../policies/policies.js';
import type { ResourceType } from '../resources/resource-type.js';

export const policyFragments: ResourceType = {
  type: 'policyFragments',
  label: 'PolicyFragment',
  schema: documentSchema,
  prepare: withFormat,
  present: inFormat,
  async release({ resource, writer, report }) {
    const name = resource.key.slice(resource.key.lastIndexOf('/') + 1);
    for (const one of await writer.store.ofType(...policyTypes, 'policyFragments')) {
      const included = [
        ...String(one.properties['value']).matchAll(/fragment-id\s*=\s*["']([^"']*)["']/gi),
      ];
      if (included.some(([, id]) => id!.toLowerCase() === name))
        report({ target: 'id', message: `The fragment is used by '${one.id}'.` });
    }
  },
};
