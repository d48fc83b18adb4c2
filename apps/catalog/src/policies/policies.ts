import { Type } from '@isthmus/contracts';
import type { Prepared, ResourceType, WriteContext } from '../resources/resource-type.js';

/** Where a policy document may stand, by resource type, and the scope in which it then applies. */
export const policyScopes = {
  policies: 'global',
  'products/policies': 'product',
  'apis/policies': 'api',
  'apis/operations/policies': 'operation',
} as const;

export const policyTypes = Object.keys(policyScopes) as (keyof typeof policyScopes)[];

/** The document is kept verbatim. Whether it compiles is checked when all of a change is written. */
export const documentSchema = Type.Object({
  value: Type.String({ maxLength: 1_000_000 }),
  format: Type.Optional(Type.Union([Type.Literal('xml'), Type.Literal('rawxml')])),
});

export const policies: readonly ResourceType[] = policyTypes.map((type) => ({
  type,
  label: 'Policy',
  schema: documentSchema,
  onlyName: 'policy',
  prepare: withFormat,
}));

/** ARM's default format is `xml`. */
export function withFormat({ properties }: Pick<WriteContext, 'properties'>): Prepared {
  return { properties: { format: 'xml', ...properties } };
}
