import {
  compileCondition,
  isArray,
  isObject,
  memberOf,
  membersOf,
  type CompiledTemplate,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { actionTypeOf } from '../actions/index.js';
import { isHandoff } from '../definition/action-tree.js';
import type { ActionStatus } from '../run/events.js';
import { actionPath } from '../run/path.js';
import { compile, optionsOf, PlanError } from './compile-member.js';
import { compileTrigger } from './compile-trigger.js';
import type { Environment } from './environment.js';
import { objectMember, textMember, shown } from './members.js';
import { requestTimeout } from './plan.js';
import type { Plan, PlannedAction, PlannedBranch, RunAfter } from './plan.js';
import { secureMembers, spreadSecurity } from './secure-data.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Surroundings {
  readonly parent?: PlannedAction;
  readonly loops: readonly PlannedAction[];
  readonly actions: Map<string, PlannedAction>;
  readonly staticResults: WorkflowObject | undefined;
}

/**
 * Makes a validated definition ready to run in an environment: types are looked up, expressions compiled,
 * predecessors resolved.
 * @throws PlanError
 */
export function compilePlan(definition: WorkflowObject, environment: Environment): Plan {
  const actions = new Map<string, PlannedAction>();
  const surroundings: Surroundings = {
    loops: [],
    actions,
    staticResults: objectMember(definition, 'staticResults'),
  };
  const root = compileBranch('actions', objectMember(definition, 'actions') ?? {}, surroundings);
  const triggers = membersOf(objectMember(definition, 'triggers') ?? {}).map(([name, value]) =>
    compileTrigger(name, asObject(value, `trigger '${name}'`)),
  );
  spreadSecurity(actions, triggers);
  return {
    definition,
    environment,
    root,
    actions,
    triggers,
    parameters: parameterValues(definition, environment.parameters),
    outputs: compileOutputs(objectMember(definition, 'outputs')),
    ...answering([...actions.values()]),
  };
}

/** How callers are answered: by a Response, and by one that answers 202 first. */
function answering(
  actions: readonly PlannedAction[],
): Pick<Plan, 'responds' | 'respondsAsynchronously'> {
  const responses = actions.filter((action) => action.type.answers);
  return {
    responds: responses.length > 0,
    respondsAsynchronously: responses.some((action) => action.options.has('asynchronous')),
  };
}

function compileBranch(
  name: string,
  actions: WorkflowObject,
  surroundings: Surroundings,
): PlannedBranch {
  const block = membersOf(actions).map(([actionName, value]) => {
    const action = declareAction(
      actionName,
      asObject(value, `action '${actionName}'`),
      surroundings,
    );
    return action;
  });
  const byName = new Map(block.map((action) => [action.name.toLowerCase(), action]));
  for (const action of block) action.runAfter = runAfterOf(action, byName);
  const followed = new Set(block.flatMap((action) => action.runAfter.map((after) => after.action)));
  for (const action of block) {
    action.isLeaf = !followed.has(action);
    const loops = action.type.loop ? [...surroundings.loops, action] : surroundings.loops;
    action.branches = (action.type.children?.(action.definition) ?? []).map((branch) =>
      compileBranch(branch.name, branch.actions, { ...surroundings, parent: action, loops }),
    );
  }
  return { name, actions: inOrder(block) };
}

function declareAction(
  name: string,
  definition: WorkflowObject,
  around: Surroundings,
): Mutable<PlannedAction> {
  const typeName = textMember(definition, 'type');
  const type = typeName === undefined ? undefined : actionTypeOf(typeName);
  if (!type) throw new PlanError(`Action '${name}' has the unknown type '${typeName ?? ''}'.`);
  const runtime = objectMember(definition, 'runtimeConfiguration');
  const timeout = memberOf(objectMember(definition, 'limit') ?? {}, 'timeout');
  const tracked = memberOf(definition, 'trackedProperties');
  const staticResult = staticResultOf(runtime, around.staticResults);
  const action: Mutable<PlannedAction> = {
    name,
    key: actionPath('', name),
    type,
    definition,
    runAfter: [],
    isLeaf: true,
    ...(around.parent && { parent: around.parent }),
    loops: around.loops,
    branches: [],
    inputs: compile(
      type.inputs ? type.inputs(definition) : (memberOf(definition, 'inputs') ?? null),
      name,
    ),
    templates: compileTemplates(name, definition, type),
    ...(timeout !== undefined && !type.ownsLimit && { timeout: compile(timeout, name) }),
    options: optionsOf(definition),
    ...(tracked !== undefined && { trackedProperties: compile(tracked, name) }),
    secure: secureMembers(runtime),
    ...(staticResult && { staticResult }),
  };
  around.actions.set(name.toLowerCase(), action);
  return action;
}

function compileTemplates(
  name: string,
  definition: WorkflowObject,
  type: PlannedAction['type'],
): Map<string, CompiledTemplate> {
  const templates = new Map<string, CompiledTemplate>();
  for (const [key, value] of Object.entries(type.templates?.(definition) ?? {})) {
    templates.set(key, compile(value, name));
  }
  for (const [key, value] of Object.entries(type.conditions?.(definition) ?? {})) {
    templates.set(key, compile(value, name, compileCondition));
  }
  const requests = objectMember(
    objectMember(definition, 'runtimeConfiguration') ?? {},
    'requestOptions',
  );
  const timeout = memberOf(requests ?? {}, 'timeout');
  if (timeout !== undefined) templates.set(requestTimeout, compile(timeout, name));
  return templates;
}

function runAfterOf(action: PlannedAction, block: ReadonlyMap<string, PlannedAction>): RunAfter[] {
  const order = [...block.values()];
  return membersOf(objectMember(action.definition, 'runAfter') ?? {}).flatMap(
    ([name, statuses]) => {
      const predecessor = block.get(name.toLowerCase());
      if (!predecessor)
        throw new PlanError(
          `Action '${action.name}' runs after '${name}', which its container does not hold.`,
        );
      // Agents hand off in circles; what stands later is no condition to start.
      if (isHandoff(statuses) && order.indexOf(predecessor) >= order.indexOf(action)) return [];
      return { action: predecessor, statuses: isArray(statuses) ? statuses.map(statusOf) : [] };
    },
  );
}

/** Statuses that no action ends with (`Ignored`, `Faulted` …) are legal and never met. */
function statusOf(value: WorkflowValue): ActionStatus {
  const known: readonly ActionStatus[] = [
    'Succeeded',
    'Failed',
    'Skipped',
    'TimedOut',
    'Cancelled',
    'Aborted',
  ];
  const text = shown(value);
  return (
    known.find((status) => status.toLowerCase() === text.toLowerCase()) ?? (text as ActionStatus)
  );
}

/** Predecessors first, else the order of the definition. */
function inOrder(block: readonly PlannedAction[]): PlannedAction[] {
  const ordered = new Set<PlannedAction>();
  const visit = (action: PlannedAction, open: ReadonlySet<PlannedAction>): void => {
    if (ordered.has(action)) return;
    if (open.has(action))
      throw new PlanError(`The actions around '${action.name}' run after each other in a circle.`);
    const inside = new Set([...open, action]);
    for (const { action: predecessor } of action.runAfter) visit(predecessor, inside);
    ordered.add(action);
  };
  for (const action of block) visit(action, new Set());
  return [...ordered];
}

function staticResultOf(
  runtime: WorkflowObject | undefined,
  results: WorkflowObject | undefined,
): WorkflowObject | undefined {
  const use = runtime && objectMember(runtime, 'staticResult');
  const name = use && textMember(use, 'name');
  const result = name !== undefined && results ? objectMember(results, name) : undefined;
  if (!use || !result) return undefined;
  const enabled = textMember(use, 'staticResultOptions')?.toLowerCase() === 'enabled';
  return { enabled, result };
}

/** Standard projects declare their parameters beside the definition, so a value needs no declaration in it. */
function parameterValues(
  definition: WorkflowObject,
  values: WorkflowObject,
): Map<string, WorkflowValue> {
  const parameters = new Map<string, WorkflowValue>();
  for (const [name, declaration] of membersOf(objectMember(definition, 'parameters') ?? {})) {
    const value = isObject(declaration) ? memberOf(declaration, 'defaultValue') : undefined;
    if (value !== undefined) parameters.set(name.toLowerCase(), value);
  }
  for (const [name, value] of membersOf(values)) parameters.set(name.toLowerCase(), value);
  return parameters;
}

function compileOutputs(outputs: WorkflowObject | undefined): Map<string, CompiledTemplate> {
  return new Map(
    membersOf(outputs ?? {}).map(([name, value]) => [
      name,
      compile(isObject(value) ? (memberOf(value, 'value') ?? null) : value, `outputs/${name}`),
    ]),
  );
}

function asObject(value: WorkflowValue, what: string): WorkflowObject {
  if (!isObject(value)) throw new PlanError(`The ${what} is no object.`);
  return value;
}
