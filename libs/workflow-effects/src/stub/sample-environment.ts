import {
  isArray,
  isObject,
  memberOf,
  membersOf,
  textOf,
  writeJson,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { DefinitionShapes } from './read-shapes.js';
import type { Shape } from './shape.js';
import { textMembers } from './stub-performer.js';

/** A trigger input that fits the first trigger of a definition, as far as its schema and the expressions that read it tell. */
export function sampleTrigger(definition: WorkflowObject): WorkflowObject {
  const triggers = memberOf(definition, 'triggers');
  const [first] = isObject(triggers) ? membersOf(triggers) : [];
  const trigger = first?.[1];
  if (!isObject(trigger)) return {};
  const inputs = memberOf(trigger, 'inputs');
  const member = (name: string): WorkflowValue | undefined =>
    isObject(inputs) ? memberOf(inputs, name) : undefined;
  const relativePath = member('relativePath');
  const method = member('method');
  const shapes = new DefinitionShapes(definition);
  const outputs = shapes.triggerOutputs.isRead ? shapes.triggerOutputs.sample() : {};
  const output = (name: string): WorkflowValue =>
    (isObject(outputs) ? memberOf(outputs, name) : undefined) ?? {};
  const queries = textMembers(output('queries'));
  return {
    headers: { ...textMembers(output('headers')), 'Content-Type': 'application/json' },
    ...(Object.keys(queries).length > 0 && { queries }),
    ...(shapes.trigger.isRead && { body: shapes.trigger.sample() }),
    ...(typeof method === 'string' && { method }),
    ...(typeof relativePath === 'string' && { relativePath: relativePath.replace(/[{}]/g, '') }),
  };
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
  const shapes = new DefinitionShapes(definition);
  const missing = [...names].flatMap(([name, parameter]) => {
    const hasDefault = isObject(parameter) && memberOf(parameter, 'defaultValue') !== undefined;
    if (hasDefault || memberOf(given, name) !== undefined || name === '$connections') return [];
    const type = isObject(parameter) ? memberOf(parameter, 'type') : undefined;
    return [
      [
        name,
        sampleParameter(
          name,
          typeof type === 'string' ? type.toLowerCase() : '',
          shapes.parameter(name),
        ),
      ] as const,
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
  const shapes = new DefinitionShapes(definition);
  const sample = namesRead(definition, 'appsetting').map((name) => {
    const shape = shapes.setting(name);
    return [name, shape.isRead ? textOf(shape.sample()) : 'text'] as const;
  });
  return { ...Object.fromEntries(sample), ...given };
}

function namesRead(definition: WorkflowObject, reader: string): string[] {
  const calls = writeJson(definition).matchAll(new RegExp(`\\b${reader}\\('([^']+)'\\)`, 'gi'));
  return [...new Set([...calls].map((call) => call[1] ?? ''))];
}

function sampleParameter(name: string, type: string, shape: Shape): WorkflowValue {
  const value = shape.isRead ? shape.sample() : undefined;
  switch (type) {
    case 'int':
    case 'float':
      return typeof value === 'number' ? value : 1;
    case 'bool':
      return typeof value === 'boolean' ? value : true;
    case 'array':
      return value !== undefined && isArray(value) ? value : [];
    case 'object':
    case 'secureobject':
      return value !== undefined && isObject(value) ? value : {};
    case '':
      return value ?? sampleText(name);
    default:
      return typeof value === 'string' && value !== 'text' ? value : sampleText(name);
  }
}

function sampleText(name: string): string {
  return /ur[il]|endpoint|address/i.test(name) ? 'https://example.com/' : 'text';
}
