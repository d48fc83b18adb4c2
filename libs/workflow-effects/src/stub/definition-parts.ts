import {
  isArray,
  isObject,
  isTemplate,
  memberOf,
  membersOf,
  parseTemplate,
  WorkflowExpressionError,
  type ExpressionNode,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';

/** Whether a text is one expression and nothing else: `@x()` or `@{x()}`. */
export function isWhole(text: string): boolean {
  return /^@(?:[^{@]|\{[^}]*\}$)/.test(text);
}

/** Whether actions hold an action outside of inner loops. */
export function holds(actions: WorkflowObject, key: string): boolean {
  return membersOf(actions).some(
    ([name, source]) =>
      name.toLowerCase() === key ||
      (isObject(source) &&
        memberOf(source, 'type') !== 'Foreach' &&
        branchesOf(source).some((branch) => holds(branch, key))),
  );
}

/** The `actions` objects below an action. */
export function branchesOf(source: WorkflowObject): WorkflowObject[] {
  const holders = [source, memberOf(source, 'else'), memberOf(source, 'default')];
  const cases = memberOf(source, 'cases');
  if (isObject(cases ?? null))
    holders.push(...membersOf(cases as WorkflowObject).map(([, one]) => one));
  return holders.flatMap((holder) => {
    const actions = isObject(holder ?? null)
      ? memberOf(holder as WorkflowObject, 'actions')
      : undefined;
    return actions !== undefined && isObject(actions) ? [actions] : [];
  });
}

/** ParseJson reads the text of a value as well as the value. */
export function withoutString(value: WorkflowValue | undefined): WorkflowValue | undefined {
  return typeof value === 'string' ? value.replace(/^@string\((.*)\)$/s, '@$1') : value;
}

/** An operand of a condition in object form. */
export function operandOf(value: WorkflowValue): ExpressionNode | undefined {
  if (typeof value === 'string' && isTemplate(value)) return nodesOf(value)[0];
  return isObject(value) || isArray(value) ? undefined : { kind: 'literal', value };
}

/** The expressions of a text; none where it does not parse. */
export function nodesOf(text: string): ExpressionNode[] {
  try {
    const template = parseTemplate(text);
    if (template.kind === 'expression') return [template.expression.node];
    if (template.kind === 'literal') return [];
    return template.parts.flatMap((part) => (typeof part === 'string' ? [] : [part.node]));
  } catch (error) {
    if (error instanceof WorkflowExpressionError) return [];
    throw error;
  }
}
