import {
  isObject,
  memberOf,
  membersOf,
  writeJson,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { readShapes, triggerPath } from './read-shapes.js';
import { sampleValue } from './sample-value.js';

/** A trigger input that fits the first trigger of a definition, as far as its schema and the expressions that read it tell. */
export function sampleTrigger(definition: WorkflowObject): WorkflowObject {
  const triggers = memberOf(definition, 'triggers');
  const [first] = isObject(triggers) ? membersOf(triggers) : [];
  const trigger = first?.[1];
  if (!isObject(trigger)) return {};
  const inputs = memberOf(trigger, 'inputs');
  const member = (name: string): WorkflowValue | undefined =>
    isObject(inputs) ? memberOf(inputs, name) : undefined;
  const schema = member('schema');
  const relativePath = member('relativePath');
  const method = member('method');
  const shape = readShapes(definition).get('');
  const read = shape?.isRead ? shape.sample() : undefined;
  const body =
    schema && isObject(schema) && Object.keys(schema).length > 0
      ? sampleValue(schema)
      : splitBody(memberOf(trigger, 'splitOn'), read);
  return {
    headers: { 'Content-Type': 'application/json' },
    ...(body !== undefined && { body }),
    ...(typeof method === 'string' && { method }),
    ...(typeof relativePath === 'string' && { relativePath: relativePath.replace(/[{}]/g, '') }),
  };
}

/** With `splitOn` the actions read one item of the list that stands there in the body. */
function splitBody(
  splitOn: WorkflowValue | undefined,
  item: WorkflowValue | undefined,
): WorkflowValue | undefined {
  const path = typeof splitOn === 'string' ? triggerPath(splitOn) : undefined;
  return path
    ? path.reduceRight<WorkflowValue>((inner, name) => ({ [name]: inner }), [item ?? {}])
    : item;
}

/** Values for the parameters that have neither a value nor a default, and for those that are only read. */
export function sampleParameters(
  definition: WorkflowObject,
  given: WorkflowObject,
): WorkflowObject {
  const declared = memberOf(definition, 'parameters');
  const names = new Map(
    namesRead(definition, 'parameters').map((name) => [
      name,
      undefined as WorkflowValue | undefined,
    ]),
  );
  for (const [name, parameter] of isObject(declared) ? membersOf(declared) : [])
    names.set(name, parameter);
  const missing = [...names].flatMap(([name, parameter]) => {
    const hasDefault = isObject(parameter) && memberOf(parameter, 'defaultValue') !== undefined;
    if (hasDefault || memberOf(given, name) !== undefined || name === '$connections') return [];
    const type = isObject(parameter) ? memberOf(parameter, 'type') : undefined;
    return [
      [name, sampleParameter(name, typeof type === 'string' ? type.toLowerCase() : '')] as const,
    ];
  });
  return { ...sampleConnections(definition), ...Object.fromEntries(missing), ...given };
}

/** `$connections` of a Consumption definition, where no template gives it. */
function sampleConnections(definition: WorkflowObject): WorkflowObject {
  const pattern = /parameters\('\$connections'\)\??\['([^']+)'\]/g;
  const names = [...writeJson(definition).matchAll(pattern)].map((match) => match[1] ?? '');
  if (names.length === 0) return {};
  const connection = (name: string) => ({
    connectionId: `/connections/${name}`,
    connectionName: name,
    id: `/managedApis/${name}`,
  });
  return { $connections: Object.fromEntries(names.map((name) => [name, connection(name)])) };
}

/** Values for the app settings that are read and not set. */
export function sampleSettings(
  definition: WorkflowObject,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const sample = namesRead(definition, 'appsetting').map((name) => [name, 'text'] as const);
  return { ...Object.fromEntries(sample), ...given };
}

function namesRead(definition: WorkflowObject, reader: string): string[] {
  const calls = writeJson(definition).matchAll(new RegExp(`\\b${reader}\\('([^']+)'\\)`, 'gi'));
  return [...new Set([...calls].map((call) => call[1] ?? ''))];
}

function sampleParameter(name: string, type: string): WorkflowValue {
  switch (type) {
    case 'int':
    case 'float':
      return 1;
    case 'bool':
      return true;
    case 'array':
      return [];
    case 'object':
    case 'secureobject':
      return {};
    default:
      return /ur[il]|endpoint|address/i.test(name) ? 'https://example.com/' : 'text';
  }
}
