import { DotNetError } from '../dotnet-error.js';
import type { TreeNode } from '../xml-tree/tree-node.js';
import { evaluate, type XPathContext } from '../xpath/evaluate.js';
import { coreFunctions } from '../xpath/functions.js';
import { parseXPath } from '../xpath/xpath-parser.js';
import type { NodeTest, XPathExpression } from '../xpath/xpath-tree.js';
import { isNodeSet, toBoolean, toNumber, toText, type XPathValue } from '../xpath/xpath-value.js';
import { extensionFunction } from './functions.js';
import { xsltNumber } from './number-text.js';
import type { Frame, XsltValue } from './runtime.js';
import { loadError, transformError } from './xslt-error.js';

/** What an expression may refer to where it stands in the stylesheet. */
export interface StaticScope {
  /** The element of the stylesheet, for its namespaces. */
  readonly element: TreeNode;
  /** Expanded names of variables in scope; null where any is allowed. */
  readonly variables: ReadonlySet<string>;
  readonly keys: ReadonlySet<string>;
}

/** A compiled expression. */
export interface Expression {
  readonly tree: XPathExpression;
  readonly value: (frame: Frame) => XsltValue;
  readonly text: (frame: Frame) => string;
  readonly number: (frame: Frame) => number;
  readonly boolean: (frame: Frame) => boolean;
  readonly nodes: (frame: Frame) => readonly TreeNode[];
  /** In a context of its own, for keys. */
  readonly at: (context: XPathContext) => XPathValue;
}

/** Parses and checks an expression; throws XslLoadException. */
export function compileXPath(text: string, scope: StaticScope): Expression {
  const tree = parse(text);
  checkExpression(tree, scope);
  const resolve = prefixResolver(scope.element);
  const value = (frame: Frame): XsltValue => evaluateIn(tree, frame, resolve);
  return {
    tree,
    value,
    text: (frame) => textOfValue(value(frame)),
    number: (frame) => toNumber(plainValue(value(frame))),
    boolean: (frame) => {
      const result = value(frame);
      return isFragment(result) || toBoolean(result);
    },
    nodes: (frame) => {
      const result = value(frame);
      if (!isFragment(result) && isNodeSet(result)) return result;
      throw isFragment(result)
        ? needsNodeSet()
        : transformError('Expression must evaluate to a node-set.');
    },
    at: (context) => evaluate(tree, context),
  };
}

function parse(text: string): XPathExpression {
  try {
    return parseXPath(text);
  } catch (error) {
    if (error instanceof DotNetError) throw loadError(error.message);
    throw error;
  }
}

// A variable alone may hold a result tree fragment, which is no XPath value.
function evaluateIn(
  tree: XPathExpression,
  frame: Frame,
  resolve: (prefix: string) => string,
): XsltValue {
  frame.run.step();
  if (tree.kind === 'variable') return variableValue(tree, frame, resolve);
  return evaluate(tree, contextOf(frame, resolve));
}

function variableValue(
  { prefix, local }: { prefix: string; local: string },
  frame: Frame,
  resolve: (prefix: string) => string,
): XsltValue {
  const name = expandedName(prefix, local, resolve);
  const value = frame.scope.get(name) ?? frame.run.global(name);
  if (value !== undefined) return value;
  throw transformError(
    `The variable or parameter '${local}' is either not defined or it is out of scope.`,
  );
}

/** The XPath context of a frame. */
function contextOf(frame: Frame, resolve: (prefix: string) => string): XPathContext {
  const { node, position, size, run } = frame;
  return {
    node,
    position,
    size,
    numberText: xsltNumber,
    environment: run.environment(frame, resolve),
  };
}

/** `{uri}local` of a name with a prefix; without prefix there is no namespace. */
export function expandedName(
  prefix: string,
  local: string,
  resolve: (prefix: string) => string,
): string {
  return prefix === '' ? local : `{${resolve(prefix)}}${local}`;
}

/** The expanded name of a QName written in the stylesheet. */
export function expandQName(name: string, element: TreeNode): string {
  const trimmed = name.trim();
  if (!/^[\p{L}_][\p{L}\p{N}._-]*(?::[\p{L}_][\p{L}\p{N}._-]*)?$/u.test(trimmed))
    throw loadError(`'${name}' is an invalid QName.`);
  const colon = trimmed.indexOf(':');
  return expandedName(
    trimmed.slice(0, Math.max(colon, 0)),
    trimmed.slice(colon + 1),
    prefixResolver(element),
  );
}

/** Looks prefixes up where an element of the stylesheet stands. */
export function prefixResolver(element: TreeNode): (prefix: string) => string {
  return (prefix) => {
    const uri = element.lookupPrefix(prefix);
    if (uri === undefined) throw loadError(`Prefix '${prefix}' is not defined.`);
    return uri;
  };
}

/** Whether a value is a result tree fragment. */
export function isFragment(value: XsltValue): value is TreeNode {
  return typeof value === 'object' && !isNodeSet(value as XPathValue);
}

/** A fragment counts as its text where a value is wanted. */
export function plainValue(value: XsltValue): XPathValue {
  return isFragment(value) ? value.stringValue : value;
}

/** `string()` of a value. */
export function textOfValue(value: XsltValue): string {
  return isFragment(value) ? value.stringValue : toText(value, xsltNumber);
}

function needsNodeSet(): DotNetError {
  return transformError(
    'To use a result tree fragment in a path expression, first convert it to a node-set using the msxsl:node-set() function.',
  );
}

/** Refuses unknown functions, prefixes and variables, as .NET does when it compiles. */
function checkExpression(tree: XPathExpression, scope: StaticScope): void {
  const resolve = prefixResolver(scope.element);
  switch (tree.kind) {
    case 'number':
    case 'string':
      return;
    case 'variable': {
      const name = expandedName(tree.prefix, tree.local, resolve);
      if (!scope.variables.has(name))
        throw loadError(
          `The variable or parameter '${tree.local}' is either not defined or it is out of scope.`,
        );
      return;
    }
    case 'call':
      checkFunction(tree, scope);
      for (const argument of tree.args) checkExpression(argument, scope);
      return;
    case 'binary':
    case 'union':
      checkExpression(tree.left, scope);
      checkExpression(tree.right, scope);
      return;
    case 'negate':
      checkExpression(tree.operand, scope);
      return;
    case 'filter':
      checkExpression(tree.base, scope);
      for (const predicate of tree.predicates) checkExpression(predicate, scope);
      return;
    case 'path':
      if (typeof tree.from === 'object') checkExpression(tree.from, scope);
      for (const step of tree.steps) {
        checkTest(step.test, resolve);
        for (const predicate of step.predicates) checkExpression(predicate, scope);
      }
  }
}

function checkTest(test: NodeTest, resolve: (prefix: string) => string): void {
  if ((test.kind === 'name' && test.prefix !== '') || test.kind === 'namespace')
    resolve(test.prefix);
}

function checkFunction(call: Extract<XPathExpression, { kind: 'call' }>, scope: StaticScope): void {
  const { prefix, local, args } = call;
  if (prefix === '' && coreFunctions.has(local)) return;
  const uri = prefix === '' ? '' : prefixResolver(scope.element)(prefix);
  const found = extensionFunction(uri, local);
  if (!found)
    throw loadError(
      `'${call.prefix === '' ? '' : `${prefix}:`}${local}()' is an unknown XSLT function.`,
    );
  if (args.length < found.least || args.length > found.most)
    throw loadError(`Function '${local}()' has an invalid number of arguments.`);
  const [name] = args;
  if (uri === '' && local === 'key' && name?.kind === 'string')
    if (!scope.keys.has(expandQName(name.value, scope.element)))
      throw loadError(
        `A reference to key '${name.value}' cannot be resolved. An 'xsl:key' of this name must be declared at the top level of the stylesheet.`,
      );
}
