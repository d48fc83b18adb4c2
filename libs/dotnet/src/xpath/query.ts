import { withinResources } from '../within-resources.js';
import { buildTree } from '../xml-tree/build-tree.js';
import type { TreeNode } from '../xml-tree/tree-node.js';
import { evaluate, type XPathEnvironment } from './evaluate.js';
import { xpathException } from './xpath-lexer.js';
import { parseXPath } from './xpath-parser.js';
import type { NodeTest, XPathExpression } from './xpath-tree.js';
import { navigatorNumber, type XPathValue } from './xpath-value.js';

const defaultStepLimit = 10_000_000;
const needsContext =
  'Namespace Manager or XsltContext needed. This query has a prefix, variable, or user-defined function.';

/**
 * Evaluates an expression without namespace declarations, as XPathNavigator.Evaluate does: a
 * prefix, a variable or an unknown function is an error. Nodes come in document order.
 */
export function queryXPath(
  node: TreeNode,
  expression: string | null,
  stepLimit = defaultStepLimit,
): XPathValue {
  return withinResources(() => {
    const parsed = parseXPath(expression);
    if (usesPrefix(parsed)) throw xpathException(needsContext);
    return evaluate(parsed, {
      node,
      position: 1,
      size: 1,
      numberText: navigatorNumber,
      environment: bareEnvironment(stepLimit),
    });
  });
}

/** Parses XML and evaluates an expression on its document. */
export function queryXml(xml: string | null, expression: string | null): XPathValue {
  return queryXPath(buildTree(xml, { mergeText: true }), expression);
}

// .NET looks prefixes up before it runs a query.
function usesPrefix(expression: XPathExpression): boolean {
  switch (expression.kind) {
    case 'number':
    case 'string':
      return false;
    case 'variable':
      return true;
    case 'call':
      return expression.prefix !== '' || expression.args.some(usesPrefix);
    case 'binary':
    case 'union':
      return usesPrefix(expression.left) || usesPrefix(expression.right);
    case 'negate':
      return usesPrefix(expression.operand);
    case 'filter':
      return usesPrefix(expression.base) || expression.predicates.some(usesPrefix);
    case 'path':
      return (
        (typeof expression.from === 'object' && usesPrefix(expression.from)) ||
        expression.steps.some((step) => isPrefixed(step.test) || step.predicates.some(usesPrefix))
      );
  }
}

function isPrefixed(test: NodeTest): boolean {
  return test.kind === 'namespace' || (test.kind === 'name' && test.prefix !== '');
}

function bareEnvironment(stepLimit: number): XPathEnvironment {
  let steps = 0;
  const refuse = (): never => {
    throw xpathException(needsContext);
  };
  return {
    resolvePrefix: refuse,
    variable: refuse,
    function: refuse,
    step: () => {
      if (++steps > stepLimit) throw xpathException('The xpath query is too complex.');
    },
  };
}
