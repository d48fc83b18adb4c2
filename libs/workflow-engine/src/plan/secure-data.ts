import {
  isArray,
  memberOf,
  type CompiledTemplate,
  type WorkflowObject,
} from '@isthmus/workflow-expressions';
import { objectMember, shown } from './members.js';
import type { PlannedAction, PlannedTrigger } from './plan.js';

type Secure = PlannedAction['secure'];

/** `runtimeConfiguration.secureData.properties`. */
export function secureMembers(runtime: WorkflowObject | undefined): Secure {
  const properties = memberOf((runtime && objectMember(runtime, 'secureData')) ?? {}, 'properties');
  const names = isArray(properties) ? properties.map((name) => shown(name).toLowerCase()) : [];
  return { inputs: names.includes('inputs'), outputs: names.includes('outputs') };
}

/** Functions that give outputs of the trigger. */
const triggerFunctions = [
  'trigger',
  'triggerbody',
  'triggeroutputs',
  'triggerformdatavalue',
  'triggerformdatamultivalues',
  'triggermultipartbody',
];

/**
 * An action that uses secured outputs, of an action or of the trigger, hides its inputs too; Compose, ParseJson and
 * Response, which pass on what they get, hide both (documentation "Secure access and data", obfuscation), and so do
 * the actions whose outputs say what a variable was set to.
 */
export function spreadSecurity(
  actions: ReadonlyMap<string, PlannedAction>,
  triggers: readonly PlannedTrigger[],
): void {
  const isTriggerSecured = triggers.some((trigger) => trigger.secure.outputs);
  for (let changed = true; changed;) {
    changed = false;
    for (const action of actions.values()) {
      const isSecured =
        (action.secure.inputs && action.type.passesOn === true) ||
        usesSecured(action, actions) ||
        (isTriggerSecured && usesTrigger(action));
      if (!isSecured) continue;
      const outputs = action.secure.outputs || action.type.passesOn === true;
      if (action.secure.inputs && action.secure.outputs === outputs) continue;
      (action as { secure: Secure }).secure = { inputs: true, outputs };
      changed = true;
    }
  }
}

function templatesOf(action: PlannedAction): readonly CompiledTemplate[] {
  return [action.inputs, ...action.templates.values()];
}

function usesTrigger(action: PlannedAction): boolean {
  return templatesOf(action).some(({ functions }) =>
    triggerFunctions.some((name) => functions.has(name)),
  );
}

function usesSecured(action: PlannedAction, actions: ReadonlyMap<string, PlannedAction>): boolean {
  return templatesOf(action).some((template) =>
    template.references.some(
      (reference) =>
        reference.kind === 'action' &&
        reference.name !== undefined &&
        actions.get(reference.name.toLowerCase())?.secure.outputs === true,
    ),
  );
}
