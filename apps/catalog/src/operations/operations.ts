import { Type } from '@isthmus/contracts';
import type { Prepared, ResourceType, WriteContext } from '../resources/resource-type.js';

const schema = Type.Object({
  displayName: Type.String({ minLength: 1, maxLength: 300 }),
  method: Type.String({ minLength: 1, maxLength: 40, pattern: '^\\S+$' }),
  urlTemplate: Type.String({ maxLength: 1000 }),
  templateParameters: Type.Optional(Type.Array(Type.Object({ name: Type.String() }))),
  description: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  request: Type.Optional(Type.Union([Type.Object({}), Type.Null()])),
  responses: Type.Optional(Type.Array(Type.Object({}))),
});

export const operations: ResourceType = {
  type: 'apis/operations',
  label: 'Operation',
  schema,
  prepare,
};

async function prepare({ id, properties, writer, report }: WriteContext): Promise<Prepared> {
  const template = String(properties['urlTemplate']);
  const inTemplate = [...template.matchAll(/\{([^{}]*)\}/g)].map(([, name]) =>
    name!.replace(/^\*/, '').toLowerCase(),
  );
  const declared = ((properties['templateParameters'] as { name: string }[] | undefined) ?? []).map(
    ({ name }) => name.replace(/^\*/, '').toLowerCase(),
  );
  for (const name of declared)
    if (!inTemplate.includes(name))
      report({
        target: 'templateParameters',
        message: `The parameter '${name}' does not stand in the URL template '${template}'.`,
      });
  if (new Set(inTemplate).size < inTemplate.length)
    report({
      target: 'urlTemplate',
      message: `A parameter stands twice in the URL template '${template}'.`,
    });
  const twins = await writer.store.sameCalls(id.parent, String(properties['method']), template);
  for (const other of twins)
    if (other.key !== id.key)
      report({
        target: 'urlTemplate',
        message: `Operation with the same method and URL template already exists: ${other.id}.`,
      });
  return { properties };
}
