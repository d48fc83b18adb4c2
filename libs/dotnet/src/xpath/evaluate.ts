import { countText, countWork } from '../work-meter.js';
import type { TreeNode } from '../xml-tree/tree-node.js';
import { axisNodes, fits } from './axes.js';
import { coreFunctions, type XPathFunction } from './functions.js';
import { xpathException } from './xpath-lexer.js';
import type { Step, XPathExpression } from './xpath-tree.js';
import {
  compareValues,
  fragments,
  inDocumentOrder,
  isNodeSet,
  toBoolean,
  toNumber,
  type NumberText,
  type XPathValue,
} from './xpath-value.js';

/** What an expression may look up beside the document. */
export interface XPathEnvironment {
  /** The namespace of a prefix; throws if there is none. */
  resolvePrefix(prefix: string): string;
  variable(prefix: string, local: string): XPathValue;
  /** A function outside of XPath's own; throws if there is none. */
  function(prefix: string, local: string): XPathFunction;
  /** Counts work; throws when there is too much. */
  step(): void;
}

/** Where an expression is evaluated. */
export interface XPathContext {
  readonly node: TreeNode;
  readonly position: number;
  readonly size: number;
  readonly numberText: NumberText;
  readonly environment: XPathEnvironment;
}

/** The value of an expression. */
export function evaluate(expression: XPathExpression, context: XPathContext): XPathValue {
  switch (expression.kind) {
    case 'number':
    case 'string':
      return expression.value;
    case 'variable':
      return context.environment.variable(expression.prefix, expression.local);
    case 'call':
      return call(expression, context);
    case 'binary':
      return binary(expression, context);
    case 'negate':
      return -toNumber(evaluate(expression.operand, context));
    case 'union':
      return union(nodesOf(expression.left, context), nodesOf(expression.right, context));
    case 'filter': {
      const nodes = nodesOf(expression.base, context);
      return expression.predicates.reduce((left, one) => keep(left, one, context), nodes);
    }
    case 'path':
      return path(expression, context);
  }
}

/** The nodes of an expression; anything else is an error. */
function nodesOf(expression: XPathExpression, context: XPathContext): readonly TreeNode[] {
  const value = evaluate(expression, context);
  if (isNodeSet(value)) {
    if (fragments.has(value))
      throw xpathException(
        'To use a result tree fragment in a path expression, first convert it to a node-set using the msxsl:node-set() function.',
      );
    return value;
  }
  throw xpathException('Expression must evaluate to a node-set.');
}

function call(
  expression: Extract<XPathExpression, { kind: 'call' }>,
  context: XPathContext,
): XPathValue {
  const { prefix, local, args } = expression;
  const own = prefix === '' ? coreFunctions.get(local) : undefined;
  const implementation = own ?? context.environment.function(prefix, local);
  const values = args.map((argument) => evaluate(argument, context));
  for (const value of values) if (typeof value === 'string') countText(value.length);
  return implementation(values, context);
}

function union(left: readonly TreeNode[], right: readonly TreeNode[]): readonly TreeNode[] {
  countWork(left.length + right.length);
  return inDocumentOrder([...left, ...right]);
}

function binary(
  { operator, left, right }: Extract<XPathExpression, { kind: 'binary' }>,
  context: XPathContext,
): XPathValue {
  if (operator === 'or')
    return toBoolean(evaluate(left, context)) || toBoolean(evaluate(right, context));
  if (operator === 'and')
    return toBoolean(evaluate(left, context)) && toBoolean(evaluate(right, context));
  const [a, b] = [evaluate(left, context), evaluate(right, context)];
  switch (operator) {
    case '+':
      return toNumber(a) + toNumber(b);
    case '-':
      return toNumber(a) - toNumber(b);
    case '*':
      return toNumber(a) * toNumber(b);
    case 'div':
      return toNumber(a) / toNumber(b);
    case 'mod':
      return toNumber(a) % toNumber(b);
    case '=':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compareValues(operator, a, b);
  }
}

function path(
  expression: Extract<XPathExpression, { kind: 'path' }>,
  context: XPathContext,
): readonly TreeNode[] {
  let nodes = startOf(expression.from, context);
  for (const step of expression.steps) {
    const found: TreeNode[] = [];
    for (const node of nodes) for (const next of stepNodes(step, node, context)) found.push(next);
    nodes = inDocumentOrder(found);
  }
  return nodes;
}

function startOf(
  from: 'root' | 'context' | XPathExpression,
  context: XPathContext,
): readonly TreeNode[] {
  if (from === 'root') return [context.node.root];
  return from === 'context' ? [context.node] : nodesOf(from, context);
}

function stepNodes(step: Step, node: TreeNode, context: XPathContext): readonly TreeNode[] {
  const { environment } = context;
  const resolve = (prefix: string): string => environment.resolvePrefix(prefix);
  let found: readonly TreeNode[] = collect(step, node, environment, resolve);
  for (const predicate of step.predicates) found = keep(found, predicate, context);
  return found;
}

function collect(
  { axis, test }: Step,
  node: TreeNode,
  environment: XPathEnvironment,
  resolve: (prefix: string) => string,
): TreeNode[] {
  const found: TreeNode[] = [];
  for (const candidate of axisNodes(node, axis)) {
    environment.step();
    if (fits(candidate, axis, test, resolve)) found.push(candidate);
  }
  return found;
}

// A number as predicate is a position.
function keep(
  nodes: readonly TreeNode[],
  predicate: XPathExpression,
  context: XPathContext,
): readonly TreeNode[] {
  if (predicate.kind === 'number') {
    const node = nodes[predicate.value - 1];
    return node ? [node] : [];
  }
  countWork(nodes.length);
  return nodes.filter((node, i) => {
    const value = evaluate(predicate, { ...context, node, position: i + 1, size: nodes.length });
    return typeof value === 'number' ? value === i + 1 : toBoolean(value);
  });
}
