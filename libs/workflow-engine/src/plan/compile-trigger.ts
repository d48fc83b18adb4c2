import {
  compileCondition,
  isArray,
  isObject,
  memberOf,
  type CompiledTemplate,
  type WorkflowObject,
} from '@isthmus/workflow-expressions';
import { triggerTypeOf } from '../triggers/index.js';
import { compile, optionsOf, PlanError } from './compile-member.js';
import { objectMember, textMember } from './members.js';
import type { PlannedTrigger } from './plan.js';
import { secureMembers } from './secure-data.js';

/** Makes one trigger of a definition ready to fire. @throws PlanError */
export function compileTrigger(name: string, definition: WorkflowObject): PlannedTrigger {
  const typeName = textMember(definition, 'type') ?? '';
  const type = triggerTypeOf(typeName);
  if (!type) throw new PlanError(`Trigger '${name}' has the unknown type '${typeName}'.`);
  const conditions = memberOf(definition, 'conditions');
  const recurrence = memberOf(definition, 'recurrence');
  const splitOn = memberOf(definition, 'splitOn');
  const trackingId = memberOf(objectMember(definition, 'correlation') ?? {}, 'clientTrackingId');
  return {
    name,
    type,
    definition,
    inputs: compile(
      type.inputs ? type.inputs(definition) : (memberOf(definition, 'inputs') ?? null),
      name,
    ),
    conditions: (isArray(conditions) ? conditions : []).map((condition) => {
      const text = isObject(condition) ? (memberOf(condition, 'expression') ?? null) : condition;
      return {
        text: typeof text === 'string' ? text : 'expression',
        template: compile(text, name, compileCondition),
      };
    }),
    ...(recurrence !== undefined && { recurrence: compile(recurrence, name) }),
    ...(splitOn !== undefined && { splitOn: compile(splitOn, name) }),
    ...(trackingId !== undefined && { clientTrackingId: compile(trackingId, name) }),
    ...itemTracking(name, definition),
    options: optionsOf(definition),
    secure: secureMembers(objectMember(definition, 'runtimeConfiguration')),
  };
}

function itemTracking(
  name: string,
  definition: WorkflowObject,
): { itemTrackingId?: CompiledTemplate } {
  const split = objectMember(definition, 'splitOnConfiguration') ?? {};
  const id = memberOf(objectMember(split, 'correlation') ?? {}, 'clientTrackingId');
  return id === undefined ? {} : { itemTrackingId: compile(id, name) };
}
