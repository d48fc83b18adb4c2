import {
  compileTemplate,
  isArray,
  isObject,
  isTemplate,
  memberOf,
  membersOf,
  parseTemplate,
  textOf,
  WorkflowExpressionError,
  type EvaluationScope,
  type ExpressionNode,
  type FunctionNode,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { objectMember } from '../plan/members.js';
import type { Plan, PlannedAction } from '../plan/plan.js';
import { apply } from './apply.js';
import type { RunError, RunEvent } from './events.js';
import { expressionText } from './expression-text.js';
import { insidePass, locatePath, type Place } from './place.js';
import { recordedInputs } from './recorded-inputs.js';
import { RunScope } from './run-scope.js';
import { emptyRun, type RunState } from './state.js';

/** A call inside of an expression and what it gave. */
export interface TracedCall {
  readonly text: string;
  readonly value?: WorkflowValue;
  readonly error?: RunError;
  readonly subexpressions: readonly TracedCall[];
}

/** An expression of an action, its place in the definition, and what it gave. */
export interface TracedExpression extends TracedCall {
  /** Below the action, such as `inputs.body.id`. */
  readonly path: string;
}

/** Members of an action that hold expressions, in the order in which they are evaluated. */
const members = ['foreach', 'expression', 'limit', 'inputs'];
/** What such a call gave is not known afterwards. */
const unrepeatable = new Set(['guid', 'rand']);
/** Members that are evaluated for each item of a list. */
const perItem = /^inputs\.(where|select|columns)\b/i;
const hidden = '*sanitized*';
const deepest = 24;

/**
 * The expressions of one action of a run with their values, calls inside of calls included. The journal up to the
 * action gives the state that they saw; the condition of an Until saw its last pass.
 * @param events of the run, complete
 * @returns undefined when the plan has no such action
 */
export function tracedExpressions(
  plan: Plan,
  events: readonly RunEvent[],
  path: string,
): TracedExpression[] | undefined {
  const located = locatePath(plan, path);
  if (!located) return undefined;
  const { action } = located;
  const { state, now } = stateBefore(action, events, path);
  const place = lastPass(state, action, located.place, path);
  const ambient = { now, random: () => 0, newGuid: () => '' };
  const scope = new RunScope(plan, state, place, { ambient, action, path });
  const recorded = events.findLast(
    (event) =>
      (event.type === 'actionStarted' || event.type === 'actionFinished') &&
      event.path === path &&
      event.inputs !== undefined,
  );
  const inputs = recorded && 'inputs' in recorded ? recorded.inputs : undefined;
  const tracer = new Tracer(plan, scope);
  for (const member of members) {
    const written = memberOf(action.definition, member);
    const shown = member === 'inputs' && inputs !== undefined ? recordedInputs(inputs) : undefined;
    if (written !== undefined) tracer.walk(written, shown, member);
  }
  return tracer.found;
}

/** The run as the action saw it: before its first fact; a loop that asks after each pass, before its last one. */
function stateBefore(action: PlannedAction, events: readonly RunEvent[], path: string) {
  const isOf = (event: RunEvent) => 'path' in event && event.path === path;
  const end = action.type.repeats ? events.findLastIndex(isOf) : events.findIndex(isOf);
  const state = emptyRun();
  for (const event of events.slice(0, Math.max(end, 0))) apply(state, event);
  return { state, now: events[end]?.at ?? state.startedAt };
}

function lastPass(state: RunState, action: PlannedAction, place: Place, path: string): Place {
  const begun = state.actions.get(path)?.container?.begun ?? 0;
  return action.type.repeats && begun > 0 ? insidePass(place, action, begun - 1) : place;
}

class Tracer {
  readonly found: TracedExpression[] = [];

  constructor(
    private readonly plan: Plan,
    private readonly scope: EvaluationScope,
  ) {}

  /** @param shown the value that the history shows in this place */
  walk(written: WorkflowValue, shown: WorkflowValue | undefined, path: string): void {
    if (typeof written === 'string') {
      if (isTemplate(written)) this.text(written, shown, path);
    } else if (isArray(written)) {
      for (const [index, item] of written.entries())
        this.walk(item, isArray(shown) ? shown[index] : undefined, `${path}[${index}]`);
    } else if (isObject(written)) {
      for (const [name, item] of membersOf(written)) {
        const value = isObject(shown) ? memberOf(shown, name) : undefined;
        this.walk(item, shown === hidden ? hidden : value, `${path}.${name}`);
      }
    }
  }

  private text(text: string, shown: WorkflowValue | undefined, path: string): void {
    const template = parseTemplate(text);
    if (template.kind === 'literal') return;
    const isWhole = template.kind === 'expression';
    const expressions = isWhole
      ? [template.expression]
      : template.parts.filter((part) => typeof part !== 'string');
    for (const { text: written, node } of expressions) {
      if (shown === hidden)
        this.found.push({ path, text: written, value: hidden, subexpressions: [] });
      else if (perItem.test(path)) this.found.push({ path, text: written, subexpressions: [] });
      else {
        const traced = { path, ...this.call(node, 0), text: written };
        const known = isWhole && shown !== undefined;
        this.found.push(known ? { ...traced, value: shown } : traced);
      }
    }
  }

  private call(node: ExpressionNode, depth: number): TracedCall {
    const text = expressionText(node);
    const subexpressions =
      depth < deepest ? inner(node).map((part) => this.call(part, depth + 1)) : [];
    if (node.kind === 'literal') return { text, value: node.value, subexpressions };
    if (this.isSecret(node)) return { text, value: hidden, subexpressions: [] };
    if (usesAny(node, unrepeatable)) return { text, subexpressions };
    try {
      return { text, value: compileTemplate(`@${text}`).evaluate(this.scope), subexpressions };
    } catch (error) {
      if (!(error instanceof WorkflowExpressionError)) throw error;
      return { text, error: { code: error.code, message: error.message }, subexpressions };
    }
  }

  /** Whether the value holds that of a parameter that is declared as secure. */
  private isSecret(node: ExpressionNode): boolean {
    if (node.kind === 'literal') return false;
    if (inner(node).some((part) => this.isSecret(part))) return true;
    const [name] = node.arguments;
    if (node.name.toLowerCase() !== 'parameters' || name?.kind !== 'literal') return false;
    const declared = objectMember(this.plan.definition, 'parameters') ?? {};
    const type = memberOf(objectMember(declared, textOf(name.value)) ?? {}, 'type');
    return typeof type === 'string' && type.toLowerCase().startsWith('secure');
  }
}

/** The calls directly inside of a call: its arguments, computed keys, and what it takes a member of. */
function inner(node: ExpressionNode): FunctionNode[] {
  if (node.kind === 'literal') return [];
  const { dereferences } = node;
  const base = dereferences.length > 0 ? [{ ...node, dereferences: [] }] : [];
  const parts: ExpressionNode[] = [
    ...(base.length > 0 ? base : node.arguments),
    ...dereferences.map(({ key }) => key),
  ];
  return parts.filter((part) => part.kind === 'function');
}

function usesAny(node: ExpressionNode, names: ReadonlySet<string>): boolean {
  if (node.kind === 'literal') return false;
  return (
    names.has(node.name.toLowerCase()) ||
    node.arguments.some((argument) => usesAny(argument, names)) ||
    node.dereferences.some(({ key }) => usesAny(key, names))
  );
}
