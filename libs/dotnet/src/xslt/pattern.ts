import { countWork } from '../work-meter.js';
import type { TreeNode } from '../xml-tree/tree-node.js';
import { fits } from '../xpath/axes.js';
import { evaluate, type XPathContext, type XPathEnvironment } from '../xpath/evaluate.js';
import type { Step, XPathExpression } from '../xpath/xpath-tree.js';
import { parseXPath } from '../xpath/xpath-parser.js';
import { isNodeSet, toBoolean } from '../xpath/xpath-value.js';
import { loadError } from './xslt-error.js';
import { xsltNumber } from './number-text.js';

/** One alternative of a match pattern. */
export interface Pattern {
  readonly source: XPathExpression;
  readonly defaultPriority: number;
  matches(node: TreeNode, environment: XPathEnvironment): boolean;
}

/** Parses a pattern: its alternatives in order. */
export function parsePattern(text: string): Pattern[] {
  return alternatives(parseXPath(text)).map(patternOf);
}

function alternatives(expression: XPathExpression): XPathExpression[] {
  return expression.kind === 'union'
    ? [...alternatives(expression.left), ...alternatives(expression.right)]
    : [expression];
}

function patternOf(source: XPathExpression): Pattern {
  if (source.kind === 'call' || (source.kind === 'path' && typeof source.from === 'object'))
    return callPattern(source);
  if (source.kind !== 'path') throw loadError('The pattern is not a location path.');
  for (const { axis } of source.steps)
    if (axis !== 'child' && axis !== 'attribute' && axis !== 'descendant-or-self')
      throw loadError(
        `Only 'child' and 'attribute' axes are allowed in a pattern outside predicates.`,
      );
  const { steps, from } = source;
  return {
    source,
    defaultPriority: from === 'root' ? (steps.length === 0 ? 0.5 * -1 : 0.5) : priorityOf(steps),
    matches: (node, environment) =>
      matchSteps({ steps, rooted: from === 'root' }, steps.length - 1, node, environment),
  };
}

// `id('x')` and `key('k','v')`, alone or leading a path.
function callPattern(source: XPathExpression): Pattern {
  const call = source.kind === 'path' ? (source.from as XPathExpression) : source;
  if (call.kind !== 'call' || (call.local !== 'id' && call.local !== 'key'))
    throw loadError('The pattern is not a location path.');
  return {
    source,
    defaultPriority: 0.5,
    matches: (node, environment) => {
      const value = evaluate(source, contextOf(node, environment));
      return isNodeSet(value) && value.includes(node);
    },
  };
}

function priorityOf(steps: readonly Step[]): number {
  const [only] = steps;
  if (steps.length !== 1 || !only || only.predicates.length > 0) return 0.5;
  switch (only.test.kind) {
    case 'name':
      return 0;
    case 'instruction':
      return only.test.target === null ? -0.5 : 0;
    case 'namespace':
      return -0.25;
    case 'any':
    case 'node':
    case 'text':
    case 'comment':
      return -0.5;
  }
}

interface StepPattern {
  readonly steps: readonly Step[];
  readonly rooted: boolean;
}

function matchSteps(
  pattern: StepPattern,
  index: number,
  node: TreeNode,
  environment: XPathEnvironment,
): boolean {
  const step = pattern.steps[index];
  if (!step) return !pattern.rooted || node.kind === 'document';
  if (step.axis === 'descendant-or-self') {
    // `//`: any ancestor may continue the pattern; this one is the node above the last step.
    for (let at: TreeNode | null = node; at; at = at.parent)
      if (matchSteps(pattern, index - 1, at, environment)) return true;
    return false;
  }
  if (!node.parent || !matchStep(step, node, environment)) return false;
  if (index === 0 && !pattern.rooted) return true;
  return matchSteps(pattern, index - 1, node.parent, environment);
}

function matchStep(step: Step, node: TreeNode, environment: XPathEnvironment): boolean {
  environment.step();
  const isAttribute = node.kind === 'attribute';
  if ((step.axis === 'attribute') !== isAttribute || node.kind === 'namespace') return false;
  const resolve = (prefix: string): string => environment.resolvePrefix(prefix);
  if (!fits(node, step.axis, step.test, resolve)) return false;
  if (step.predicates.length === 0) return true;
  const all = isAttribute ? node.parent!.attributes : node.parent!.children;
  countWork(all.length);
  let candidates: readonly TreeNode[] = all.filter((one) =>
    fits(one, step.axis, step.test, resolve),
  );
  for (const predicate of step.predicates) {
    const size = candidates.length;
    countWork(size);
    candidates = candidates.filter((one, i) => {
      const value = evaluate(predicate, { ...contextOf(one, environment), position: i + 1, size });
      return typeof value === 'number' ? value === i + 1 : toBoolean(value);
    });
  }
  return candidates.includes(node);
}

function contextOf(node: TreeNode, environment: XPathEnvironment): XPathContext {
  return { node, position: 1, size: 1, numberText: xsltNumber, environment };
}
