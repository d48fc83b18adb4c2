import {
  isArray,
  isObject,
  memberOf,
  membersOf,
  objectOf,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';

const deepest = 8;

/** A small value that a JSON schema allows, for stubs. */
export function sampleValue(schema: WorkflowValue, depth = 0): WorkflowValue {
  if (!isObject(schema) || depth > deepest) return {};
  const choices = memberOf(schema, 'enum');
  if (isArray(choices) && choices.length > 0) return choices[0] ?? null;
  const declared = memberOf(schema, 'type');
  const type = isArray(declared) ? declared.find((one) => one !== 'null') : declared;
  switch (typeof type === 'string' ? type.toLowerCase() : '') {
    case 'string':
      return sampleText(memberOf(schema, 'format'));
    case 'integer':
    case 'number':
      return 1;
    case 'boolean':
      return true;
    case 'null':
      return null;
    case 'array':
      return [sampleValue(memberOf(schema, 'items') ?? {}, depth + 1)];
    default: {
      const properties = memberOf(schema, 'properties');
      if (!isObject(properties)) return {};
      return objectOf(
        membersOf(properties).map(
          ([name, inner]) => [name, sampleValue(inner, depth + 1)] as const,
        ),
      );
    }
  }
}

const samples: Readonly<Record<string, string>> = {
  'date-time': '2024-01-31T12:00:00Z',
  date: '2024-01-31',
  email: 'someone@example.com',
  uri: 'https://example.com/',
};

function sampleText(format: WorkflowValue | undefined): string {
  return (typeof format === 'string' ? samples[format] : undefined) ?? 'text';
}
