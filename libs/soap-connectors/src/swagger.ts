/** Input and output of the operations of a port, as the soap package describes them: name to type name or nested. */
export type PortDescription = Readonly<
  Record<string, { readonly input: unknown; readonly output: unknown }>
>;

/** The OpenAPI 2.0 document of a SOAP connector: one POST path an operation. */
export function swaggerOf(name: string, port: PortDescription): object {
  const paths = Object.entries(port).map(([operation, { input, output }]) => [
    `/${operation}`,
    {
      post: {
        operationId: operation,
        consumes: ['application/json'],
        produces: ['application/json'],
        parameters: [{ name: 'body', in: 'body', required: true, schema: schemaOf(input) }],
        responses: { 200: { description: 'Success', schema: schemaOf(output) } },
      },
    },
  ]);
  return {
    swagger: '2.0',
    info: { title: name, version: '1.0' },
    paths: Object.fromEntries(paths) as object,
  };
}

const primitives: Readonly<Record<string, object>> = {
  int: { type: 'integer', format: 'int32' },
  integer: { type: 'integer' },
  long: { type: 'integer', format: 'int64' },
  short: { type: 'integer' },
  boolean: { type: 'boolean' },
  float: { type: 'number', format: 'float' },
  double: { type: 'number', format: 'double' },
  dateTime: { type: 'string', format: 'date-time' },
  date: { type: 'string', format: 'date' },
  base64Binary: { type: 'string', format: 'byte' },
};

/** The soap package marks repeating elements by `[]` behind the name and keeps notes under `targetNS…`. */
function schemaOf(description: unknown, within: readonly object[] = []): object {
  if (typeof description === 'string') {
    const type = description.split('|')[0]!.replace(/^.*:/, '');
    return primitives[type] ?? { type: 'string' };
  }
  if (typeof description !== 'object' || description === null) return {};
  // A type that contains itself is an object there, whatever is in it.
  if (within.includes(description)) return { type: 'object' };
  const inside = [...within, description];
  const members = Object.entries(description).filter(([key]) => !/^targetN(S|amespace)/.test(key));
  const properties = members.map(([key, value]) =>
    key.endsWith('[]')
      ? [key.slice(0, -2), { type: 'array', items: schemaOf(value, inside) }]
      : [key, schemaOf(value, inside)],
  );
  return { type: 'object', properties: Object.fromEntries(properties) as object };
}
