import { argumentNull } from '../dotnet-error.js';
import { checkCall, isNodeSetCall } from './function-signatures.js';
import { tokenize, xpathException, type XPathToken } from './xpath-lexer.js';
import type { Axis, BinaryOperator, NodeTest, Step, XPathExpression } from './xpath-tree.js';

const axes: ReadonlySet<string> = new Set<Axis>([
  'ancestor',
  'ancestor-or-self',
  'attribute',
  'child',
  'descendant',
  'descendant-or-self',
  'following',
  'following-sibling',
  'namespace',
  'parent',
  'preceding',
  'preceding-sibling',
  'self',
]);
const nodeTypes: ReadonlySet<string> = new Set([
  'node',
  'text',
  'comment',
  'processing-instruction',
]);
const levels: readonly (readonly BinaryOperator[])[] = [
  ['or'],
  ['and'],
  ['=', '!='],
  ['<', '<=', '>', '>='],
  ['+', '-'],
  ['*', 'div', 'mod'],
];
const maxDepth = 200;
const everything: Step = { axis: 'descendant-or-self', test: { kind: 'node' }, predicates: [] };

/** Parses an XPath 1.0 expression; throws XPathException. */
export function parseXPath(text: string | null): XPathExpression {
  if (text === null) throw argumentNull('xpath');
  const parser = new XPathParser(text);
  const expression = parser.expression();
  parser.requireEnd();
  return expression;
}

/** Whether an expression gives nodes; what is only known at run time counts as yes. */
function mayBeNodeSet(expression: XPathExpression): boolean {
  switch (expression.kind) {
    case 'number':
    case 'string':
    case 'binary':
    case 'negate':
      return false;
    case 'call':
      return isNodeSetCall(expression.prefix, expression.local);
    case 'variable':
    case 'union':
    case 'filter':
    case 'path':
      return true;
  }
}

class XPathParser {
  private readonly tokens: readonly XPathToken[];
  private at = 0;
  private depth = 0;

  constructor(private readonly text: string) {
    this.tokens = tokenize(text);
  }

  expression(): XPathExpression {
    if (++this.depth > maxDepth) throw xpathException('The xpath query is too complex.');
    const expression = this.binary(0);
    this.depth--;
    return expression;
  }

  requireEnd(): void {
    if (this.token.kind !== 'end') throw this.invalid();
  }

  private get token(): XPathToken {
    return this.tokens[this.at]!;
  }

  private get next(): XPathToken {
    return this.tokens[Math.min(this.at + 1, this.tokens.length - 1)]!;
  }

  private is(text: string): boolean {
    return (
      (this.token.kind === 'symbol' || this.token.kind === 'operator') && this.token.text === text
    );
  }

  private take(text: string): boolean {
    if (!this.is(text)) return false;
    this.at++;
    return true;
  }

  private expect(text: string): void {
    if (!this.take(text)) throw this.invalid();
  }

  private invalid(): Error {
    return xpathException(
      this.token.kind === 'end' && this.at === 0
        ? 'Expression must evaluate to a node-set.'
        : `'${this.text}' has an invalid token.`,
    );
  }

  private binary(level: number): XPathExpression {
    const operators = levels[level];
    if (!operators) return this.unary();
    let left = this.binary(level + 1);
    for (;;) {
      const operator = operators.find((candidate) => this.is(candidate));
      if (!operator) return left;
      this.at++;
      left = { kind: 'binary', operator, left, right: this.binary(level + 1) };
    }
  }

  private unary(): XPathExpression {
    let negative = false;
    let signs = 0;
    while (this.take('-')) {
      negative = !negative;
      signs++;
    }
    const operand = this.union();
    if (signs === 0) return operand;
    const negated: XPathExpression = { kind: 'negate', operand };
    // An even number of signs still makes a number of the operand.
    return negative ? negated : { kind: 'negate', operand: negated };
  }

  private union(): XPathExpression {
    let left = this.path();
    while (this.is('|')) {
      this.requireNodeSet(left);
      this.at++;
      const right = this.path();
      this.requireNodeSet(right);
      left = { kind: 'union', left, right };
    }
    return left;
  }

  private requireNodeSet(expression: XPathExpression): void {
    if (!mayBeNodeSet(expression)) throw xpathException('Expression must evaluate to a node-set.');
  }

  private path(): XPathExpression {
    if (!this.startsFilter()) return this.locationPath();
    const filtered = this.filter();
    if (!this.is('/') && !this.is('//')) return filtered;
    this.requireNodeSet(filtered);
    const steps: Step[] = [];
    this.moreSteps(steps);
    return { kind: 'path', from: filtered, steps };
  }

  private startsFilter(): boolean {
    const { kind, text } = this.token;
    if (kind === 'number' || kind === 'string' || kind === 'variable') return true;
    if (this.is('(')) return true;
    return (
      kind === 'name' &&
      this.next.text === '(' &&
      this.next.kind === 'symbol' &&
      !nodeTypes.has(text)
    );
  }

  private filter(): XPathExpression {
    const base = this.primary();
    const predicates = this.predicates();
    if (predicates.length === 0) return base;
    this.requireNodeSet(base);
    return { kind: 'filter', base, predicates };
  }

  private primary(): XPathExpression {
    const { kind, text } = this.token;
    if (kind === 'name') return this.call();
    this.at++;
    if (kind === 'number') return { kind: 'number', value: Number(text) };
    if (kind === 'string') return { kind: 'string', value: text };
    if (kind === 'variable') return { kind: 'variable', ...split(text) };
    const inner = this.expression();
    this.expect(')');
    return inner;
  }

  private call(): XPathExpression {
    const { text, at } = this.token;
    this.at += 2;
    const args: XPathExpression[] = [];
    if (!this.is(')')) {
      do args.push(this.expression());
      while (this.take(','));
    }
    const end = this.token.at + 1;
    this.expect(')');
    const call = { kind: 'call' as const, ...split(text), args, source: this.text.slice(at, end) };
    checkCall(call, this.text, mayBeNodeSet);
    return call;
  }

  private locationPath(): XPathExpression {
    const steps: Step[] = [];
    if (this.is('//')) {
      this.moreSteps(steps);
      return { kind: 'path', from: 'root', steps };
    }
    if (this.take('/')) {
      if (this.startsStep()) {
        steps.push(this.step());
        this.moreSteps(steps);
      }
      return { kind: 'path', from: 'root', steps };
    }
    if (!this.startsStep()) throw xpathException('Expression must evaluate to a node-set.');
    steps.push(this.step());
    this.moreSteps(steps);
    return { kind: 'path', from: 'context', steps };
  }

  private moreSteps(steps: Step[]): void {
    for (;;) {
      if (this.take('//')) steps.push(everything);
      else if (!this.take('/')) return;
      if (!this.startsStep()) throw this.invalid();
      steps.push(this.step());
    }
  }

  private startsStep(): boolean {
    return this.token.kind === 'name' || ['.', '..', '@', '*'].some((text) => this.is(text));
  }

  private step(): Step {
    if (this.take('.')) return { axis: 'self', test: { kind: 'node' }, predicates: [] };
    if (this.take('..')) return { axis: 'parent', test: { kind: 'node' }, predicates: [] };
    const axis = this.axis();
    const test = this.nodeTest();
    return { axis, test, predicates: this.predicates() };
  }

  private axis(): Axis {
    if (this.take('@')) return 'attribute';
    if (this.token.kind !== 'name' || this.next.text !== '::') return 'child';
    const { text } = this.token;
    if (!axes.has(text)) throw this.invalid();
    this.at += 2;
    return text as Axis;
  }

  private nodeTest(): NodeTest {
    if (this.take('*')) return { kind: 'any' };
    const { kind, text } = this.token;
    if (kind !== 'name') throw this.invalid();
    this.at++;
    if (this.is('(') && nodeTypes.has(text)) return this.typeTest(text);
    const { prefix, local } = split(text);
    return local === '*' ? { kind: 'namespace', prefix } : { kind: 'name', prefix, local };
  }

  private typeTest(name: string): NodeTest {
    this.at++;
    const target =
      name === 'processing-instruction' && this.token.kind === 'string' ? this.token.text : null;
    if (target !== null) this.at++;
    this.expect(')');
    if (name === 'processing-instruction') return { kind: 'instruction', target };
    return { kind: name as 'node' | 'text' | 'comment' };
  }

  private predicates(): XPathExpression[] {
    const predicates: XPathExpression[] = [];
    while (this.take('[')) {
      predicates.push(this.expression());
      this.expect(']');
    }
    return predicates;
  }
}

function split(name: string): { prefix: string; local: string } {
  const colon = name.indexOf(':');
  return { prefix: name.slice(0, Math.max(colon, 0)), local: name.slice(colon + 1) };
}
