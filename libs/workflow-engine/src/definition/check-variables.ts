import {
  compileTemplate,
  isArray,
  isObject,
  memberOf,
  pointerStep,
  WorkflowExpressionError,
  textOf,
  type Reference,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { allActions, type ActionNode, type Branch } from './action-tree.js';
import { invalidTemplate } from './check-shape.js';
import type { DefinitionLimits } from './definition-limits.js';
import type { Report } from './problem.js';
import { isKnownLater } from './known-later.js';

const variableTypes: ReadonlySet<string> = new Set([
  'integer',
  'float',
  'boolean',
  'string',
  'array',
  'object',
]);
const modifiers: ReadonlySet<string> = new Set([
  'setvariable',
  'incrementvariable',
  'decrementvariable',
  'appendtoarrayvariable',
  'appendtostringvariable',
]);

interface Declaration {
  readonly name: string;
  readonly type: WorkflowValue | undefined;
  readonly pointer: string;
  readonly action: ActionNode;
}

function* declarationsOf(action: ActionNode): Generator<Declaration> {
  const inputs = memberOf(action.source, 'inputs');
  const variables = isObject(inputs) ? memberOf(inputs, 'variables') : undefined;
  if (!isArray(variables)) return;
  for (const [index, variable] of variables.entries()) {
    const name = isObject(variable) ? memberOf(variable, 'name') : undefined;
    if (!isObject(variable) || typeof name !== 'string') continue;
    yield {
      name,
      type: memberOf(variable, 'type'),
      pointer: `${action.pointer}/inputs/variables${pointerStep(index)}`,
      action,
    };
  }
}

function checkDeclaration({ name, type, pointer, action }: Declaration, report: Report): void {
  if (typeof type === 'string' && (isKnownLater(type) || variableTypes.has(type.toLowerCase())))
    return;
  report.error(
    invalidTemplate,
    pointer,
    `The inputs of template action '${action.name}' of type 'InitializeVariable' are not valid. The variable '${name}' has the type '${textOf(type ?? null)}'; allowed are 'Integer', 'Float', 'Boolean', 'String', 'Array' and 'Object'.`,
    action.name,
  );
}

/** The references of a value, or none where it does not parse (which is reported elsewhere). */
function referencesOf(value: WorkflowValue | undefined): readonly Reference[] {
  if (value === undefined) return [];
  try {
    return compileTemplate(value).references;
  } catch (error) {
    if (error instanceof WorkflowExpressionError) return [];
    throw error;
  }
}

function variableReferences(value: WorkflowValue | undefined): ReadonlySet<string> {
  const names = referencesOf(value).flatMap(({ kind, name }) =>
    kind === 'variable' && name !== undefined ? [name] : [],
  );
  return new Set(names);
}

class VariableCheck {
  private readonly declared = new Map<string, Declaration>();
  /** A name that is computed may be any. */
  private isOpen = false;

  constructor(private readonly report: Report) {}

  declare(declaration: Declaration): void {
    const { name, pointer, action } = declaration;
    if (isKnownLater(name)) this.isOpen = true;
    const other = this.declared.get(name.toLowerCase());
    if (other === undefined) this.declared.set(name.toLowerCase(), declaration);
    else {
      this.report.error(
        invalidTemplate,
        pointer,
        `The variable '${name}' of template action '${action.name}' is already initialized by action '${other.action.name}'. A variable must only be initialized once.`,
        action.name,
      );
    }
    checkDeclaration(declaration, this.report);
  }

  limit(most: number): void {
    if (this.declared.size > most) {
      this.report.error(
        invalidTemplate,
        '/actions',
        `The template has ${this.declared.size} variables; at most ${most} are allowed.`,
      );
    }
  }

  use(name: string, action: ActionNode, pointer: string): void {
    if (this.isOpen || isKnownLater(name) || this.declared.has(name.toLowerCase())) return;
    this.report.error(
      invalidTemplate,
      pointer,
      `The variable '${name}' must be initialized before it can be used inside action '${action.name}'.`,
      action.name,
    );
  }

  modifier(action: ActionNode): void {
    const inputs = memberOf(action.source, 'inputs');
    const name = isObject(inputs) ? memberOf(inputs, 'name') : undefined;
    if (!isObject(inputs) || typeof name !== 'string') {
      this.report.error(
        invalidTemplate,
        action.pointer,
        `The inputs of template action '${action.name}' need the 'name' of a variable.`,
        action.name,
      );
      return;
    }
    this.use(name, action, `${action.pointer}/inputs/name`);
    const own = [...variableReferences(memberOf(inputs, 'value'))].some(
      (read) => read.toLowerCase() === name.toLowerCase(),
    );
    if (action.type === 'setvariable' && own) {
      this.report.error(
        invalidTemplate,
        `${action.pointer}/inputs/value`,
        `The inputs of template action '${action.name}' of type 'SetVariable' are not valid. Self reference is not supported when updating the value of variable '${name}'.`,
        action.name,
      );
    }
  }
}

/** The members that expressions may stand in, without what lies in inner actions. */
function ownMembers(source: WorkflowObject): [string, WorkflowValue][] {
  const members: [string, WorkflowValue][] = [];
  for (const name of [
    'inputs',
    'foreach',
    'expression',
    'limit',
    'runtimeConfiguration',
    'trackedProperties',
  ]) {
    const value = memberOf(source, name);
    if (value !== undefined) members.push([name, value]);
  }
  return members;
}

/** Variables are initialised once, and before anything uses them. */
export function checkVariables(tree: Branch, limits: DefinitionLimits, report: Report): void {
  const check = new VariableCheck(report);
  const actions = [...allActions(tree)];
  for (const action of actions) {
    if (action.type !== 'initializevariable') continue;
    for (const declaration of declarationsOf(action)) check.declare(declaration);
  }
  check.limit(limits.variables);
  for (const action of actions) {
    if (modifiers.has(action.type)) check.modifier(action);
    for (const [member, value] of ownMembers(action.source)) {
      for (const name of variableReferences(value))
        check.use(name, action, `${action.pointer}/${member}`);
    }
  }
}
