import {
  collectUse,
  isArray,
  isObject,
  memberOf,
  membersOf,
  parseTemplate,
  pointerStep,
  WorkflowExpressionError,
  type ExpressionUse,
  type Reference,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { allActions, containersOf, type ActionNode, type Branch } from './action-tree.js';
import { invalidTemplate } from './check-shape.js';
import { graphOf, runsBefore, type Graph } from './run-after-graph.js';
import type { Report } from './problem.js';

/** What an expression at some place may read. */
interface Reader {
  /** How messages call the place: "template action 'X'". */
  readonly title: string;
  /** The member of the action or trigger that is read: 'inputs'. */
  readonly member: string;
  readonly action?: string;
  /** Why an action cannot be read from here; undefined when it can. */
  refuse(name: string): string | undefined;
  /** Names of the loops around the place, in lower case, by the function that reads them. */
  readonly loops: {
    readonly items: ReadonlySet<string>;
    readonly iterationindexes: ReadonlySet<string>;
  };
}

const noLoops: Reader['loops'] = { items: new Set(), iterationindexes: new Set() };

/** Members of actions and triggers whose strings are evaluated; what else stands there is kept and ignored. */
const evaluatedMembers: ReadonlySet<string> = new Set([
  'inputs',
  'expression',
  'foreach',
  'limit',
  'runtimeconfiguration',
  'trackedproperties',
]);
const evaluatedTriggerMembers: ReadonlySet<string> = new Set([
  'recurrence',
  'conditions',
  'spliton',
  'splitonconfiguration',
  'correlation',
  'runtimeconfiguration',
]);

/** Inputs that are data: JSON schemas, source code. */
const literalInputs: ReadonlySet<string> = new Set(['schema', 'headersschema', 'code']);

/** Types whose `schema` names an artifact, by an expression perhaps. */
const namesSchema =
  /^(?:xmlvalidation|xmlparse|xmlcompose|flatfileencoding|flatfiledecoding|swift\w*|x12\w*|edifact\w*)$/;

/** Whether a member of the inputs is never evaluated; the schema of a ParseJson is, where it is one text. */
function isLiteralInput(name: string, value: WorkflowValue, type: string): boolean {
  const member = name.toLowerCase();
  if (member === 'schema' && namesSchema.test(type)) return false;
  if (member === 'schema' && type === 'parsejson' && typeof value === 'string') return false;
  return literalInputs.has(member);
}

/** Every string at and below a value, with its pointer; names that hold `@{ }` too. */
function* stringsOf(value: WorkflowValue, pointer: string): Generator<readonly [string, string]> {
  if (typeof value === 'string') yield [pointer, value];
  else if (isArray(value)) {
    for (const [index, item] of value.entries())
      yield* stringsOf(item, pointer + pointerStep(index));
  } else if (isObject(value)) {
    for (const [name, member] of membersOf(value)) {
      const inner = pointer + pointerStep(name);
      if (name.includes('@{')) yield [inner, name];
      yield* stringsOf(member, inner);
    }
  }
}

class ExpressionCheck {
  private readonly actions = new Map<string, ActionNode>();
  private readonly graphs = new Map<Branch, Graph>();

  constructor(
    tree: Branch,
    private readonly report: Report,
  ) {
    for (const action of allActions(tree)) this.actions.set(action.name.toLowerCase(), action);
  }

  /** Checks the expressions of a value. */
  value(value: WorkflowValue | undefined, pointer: string, reader: Reader): void {
    if (value === undefined) return;
    for (const [at, text] of stringsOf(value, pointer)) this.string(text, at, reader);
  }

  action(action: ActionNode): void {
    for (const [name, value] of membersOf(action.source)) {
      const member = name.toLowerCase();
      if (!evaluatedMembers.has(member)) continue;
      const reader = this.readerOf(
        action,
        name,
        action.type === 'until' && member === 'expression',
      );
      const pointer = action.pointer + pointerStep(name);
      if (member === 'inputs') this.inputs(value, pointer, reader, action.type);
      else this.value(value, pointer, reader);
    }
  }

  /** @param type of the action, in lower case; of a trigger none */
  inputs(inputs: WorkflowValue, pointer: string, reader: Reader, type = ''): void {
    if (!isObject(inputs)) return this.value(inputs, pointer, reader);
    for (const [name, value] of membersOf(inputs)) {
      if (!isLiteralInput(name, value, type))
        this.value(value, pointer + pointerStep(name), reader);
    }
  }

  private string(text: string, pointer: string, reader: Reader): void {
    const use: ExpressionUse = { references: [], functions: new Set() };
    try {
      const template = parseTemplate(text);
      if (template.kind === 'expression') collectUse(template.expression.node, use);
      else if (template.kind === 'interpolation') {
        for (const part of template.parts) if (typeof part !== 'string') collectUse(part.node, use);
      }
    } catch (error) {
      if (!(error instanceof WorkflowExpressionError)) throw error;
      this.report.error(
        invalidTemplate,
        pointer,
        `The ${reader.title} is not valid: "${error.message}".`,
        reader.action,
      );
    }
    for (const reference of use.references) this.reference(reference, pointer, reader);
  }

  private reference(reference: Reference, pointer: string, reader: Reader): void {
    if (reference.kind === 'parameter') return;
    const say = (reason: string): void =>
      this.report.error(
        invalidTemplate,
        pointer,
        `The ${reader.title} is not valid: ${reason}`,
        reader.action,
      );
    if (!reference.hasArgument || reference.isBadLiteral) {
      return say(`the template function '${reference.function}' needs a name.`);
    }
    const { name } = reference;
    if (name === undefined) return;
    if (reference.kind === 'item' || reference.kind === 'iteration') {
      const around = reference.kind === 'item' ? reader.loops.items : reader.loops.iterationindexes;
      const type = reference.kind === 'item' ? 'foreach' : 'until';
      if (!around.has(name.toLowerCase())) this.loop(name, type, pointer, reader);
    } else if (reference.kind !== 'variable') {
      const message = reader.refuse(name);
      if (message !== undefined)
        this.report.error(invalidTemplate, pointer, message, reader.action);
    }
  }

  /** A loop that is not around the reader. */
  private loop(name: string, type: 'foreach' | 'until', pointer: string, reader: Reader): void {
    const message = this.actions.has(name.toLowerCase())
      ? `The ${reader.member} of ${reader.title} is invalid. Action '${name}' must be a parent '${type}' scope of it to be referenced by ${type === 'foreach' ? "'repeatItems' or 'items'" : "'iterationIndexes'"} functions.`
      : `The repetition action(s) '${name}' referenced by '${reader.member}' in ${reader.title} are not defined in the template.`;
    this.report.error(invalidTemplate, pointer, message, reader.action);
  }

  /** What the expressions of an action may read: all that has ended before it starts. */
  private readerOf(action: ActionNode, member: string, readsOwnActions: boolean): Reader {
    const around = [...containersOf(action)];
    const named = (type: string): ReadonlySet<string> =>
      new Set(
        (readsOwnActions ? [action, ...around] : around)
          .filter((container) => container.type === type)
          .map(({ name }) => name.toLowerCase()),
      );
    return {
      title: `template action '${action.name}'`,
      member,
      action: action.name,
      loops: { items: named('foreach'), iterationindexes: named('until') },
      refuse: (name) => this.refuse(name, action, { member, readsOwnActions }),
    };
  }

  private graphOf(branch: Branch): Graph {
    let graph = this.graphs.get(branch);
    if (graph === undefined) {
      graph = graphOf(branch);
      this.graphs.set(branch, graph);
    }
    return graph;
  }

  private refuse(
    name: string,
    reader: ActionNode,
    { member, readsOwnActions }: { member: string; readsOwnActions: boolean },
  ): string | undefined {
    const wanted = this.actions.get(name.toLowerCase());
    if (wanted === undefined)
      return `The action(s) '${name}' referenced by '${member}' in action '${reader.name}' are not defined in the template.`;
    // Tracked properties are evaluated when the action has ended.
    if (wanted === reader && member.toLowerCase() === 'trackedproperties') return undefined;
    if (wanted === reader)
      return `The ${member} of template action '${reader.name}' is invalid: the action '${name}' cannot reference itself.`;
    const chain = [wanted, ...containersOf(wanted)];
    if (readsOwnActions && chain.includes(reader)) return undefined;
    for (const step of [reader, ...containersOf(reader)]) {
      const before = chain.find((candidate) => candidate.branch === step.branch);
      if (
        before !== undefined &&
        before !== step &&
        runsBefore(before, step, this.graphOf(step.branch))
      )
        return undefined;
    }
    return (
      `The ${member} of template action '${reader.name}' cannot reference action '${wanted.name}'. ` +
      `Action '${wanted.name}' must either be in 'runAfter' path or within a scope action on the 'runAfter' path of ` +
      `action '${reader.name}', or be a Trigger.`
    );
  }
}

function checkTriggerExpressions(definition: WorkflowObject, check: ExpressionCheck): void {
  const triggers = memberOf(definition, 'triggers');
  if (!isObject(triggers)) return;
  for (const [name, trigger] of membersOf(triggers)) {
    if (!isObject(trigger)) continue;
    const reader: Reader = {
      title: `template trigger '${name}'`,
      member: 'inputs',
      action: name,
      loops: noLoops,
      refuse: (action) =>
        `The template trigger '${name}' is not valid: the action '${action}' cannot be referenced by a trigger.`,
    };
    for (const [member, value] of membersOf(trigger)) {
      const pointer = `/triggers${pointerStep(name)}${pointerStep(member)}`;
      if (member.toLowerCase() === 'inputs') check.inputs(value, pointer, reader);
      else if (evaluatedTriggerMembers.has(member.toLowerCase()))
        check.value(value, pointer, reader);
    }
  }
}

/**
 * Expressions parse, and read only what can be there: actions that ended before, loops around them.
 * Functions, numbers of arguments and names of parameters are left to the run, as on the service.
 */
export function checkExpressions(definition: WorkflowObject, tree: Branch, report: Report): void {
  const check = new ExpressionCheck(tree, report);
  checkTriggerExpressions(definition, check);
  for (const action of allActions(tree)) check.action(action);
  const known = new Set([...allActions(tree)].map(({ name }) => name.toLowerCase()));
  const outputs = memberOf(definition, 'outputs');
  if (outputs === undefined) return;
  check.value(outputs, '/outputs', {
    title: "template 'outputs'",
    member: 'outputs',
    loops: noLoops,
    refuse: (name) =>
      known.has(name.toLowerCase())
        ? undefined
        : `The action(s) '${name}' referenced by 'outputs' are not defined in the template.`,
  });
}
