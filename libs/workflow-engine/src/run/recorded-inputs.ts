import {
  isArray,
  isObject,
  membersOf,
  objectOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';

/** Members of an authentication object that are no secrets. */
const open = new Set([
  'type',
  'scheme',
  'username',
  'authority',
  'tenant',
  'audience',
  'clientid',
  'identity',
  'name',
]);

/**
 * Inputs as the history shows them: the secrets of an authentication object, the subscription key and the cookie
 * read `*sanitized*`; the type of a retry policy is written with a capital.
 */
export function recordedInputs(inputs: WorkflowValue): WorkflowValue {
  if (!isObject(inputs)) return inputs;
  return objectOf(
    membersOf(inputs).map(([name, value]) => [name, recordedMember(name, value)] as const),
  );
}

function recordedMember(name: string, value: WorkflowValue): WorkflowValue {
  switch (name.toLowerCase()) {
    case 'authentication':
      return isObject(value) ? sanitized(value) : value;
    case 'subscriptionkey':
    case 'cookie':
      return '*sanitized*';
    case 'retrypolicy':
      return isObject(value) ? capitalised(value) : value;
    case 'subscribe':
    case 'unsubscribe':
      return recordedInputs(value);
    default:
      return value;
  }
}

function sanitized(authentication: WorkflowObject): WorkflowObject {
  return objectOf(
    membersOf(authentication).map(([name, value]) => {
      const isOpen = open.has(name.toLowerCase()) || isArray(value) || isObject(value);
      return [name, isOpen ? value : '*sanitized*'] as const;
    }),
  );
}

function capitalised(policy: WorkflowObject): WorkflowObject {
  return objectOf(
    membersOf(policy).map(
      ([name, value]) =>
        [
          name,
          name.toLowerCase() === 'type' && typeof value === 'string'
            ? value.charAt(0).toUpperCase() + value.slice(1)
            : value,
        ] as const,
    ),
  );
}
