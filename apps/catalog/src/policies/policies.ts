import { Type } from '@isthmus/contracts';
import { ServiceError } from '@isthmus/host';
import { toRawxml, toXml } from '@isthmus/policy-engine';
import type { Prepared, ResourceType, WriteContext } from '../resources/resource-type.js';
import type { Properties } from '../resources/store/tables.js';

/** Where a policy document may stand, by resource type, and the scope in which it then applies. */
export const policyScopes = {
  policies: 'global',
  'products/policies': 'product',
  'apis/policies': 'api',
  'apis/operations/policies': 'operation',
  'apis/resolvers/policies': 'resolver',
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
  present: inFormat,
}));

/** `format=xml|rawxml` of a GET: the document with its expressions escaped, or as they are. Default: as it came. */
export function inFormat(
  properties: Properties,
  query: Readonly<Record<string, unknown>>,
): Properties {
  const { format, value } = properties;
  const wanted = String(query['format'] ?? format).toLowerCase();
  if (wanted === format || typeof value !== 'string') return properties;
  if (wanted === 'xml') return { ...properties, format: 'xml', value: toXml(value) };
  if (wanted === 'rawxml') return { ...properties, format: 'rawxml', value: toRawxml(value) };
  throw new ServiceError(400, 'ValidationError', "format must be 'xml' or 'rawxml'.");
}

/** ARM's default format is `xml`. */
export function withFormat({ properties }: Pick<WriteContext, 'properties'>): Prepared {
  return { properties: { format: 'xml', ...properties } };
}
