import type { ExpressionNode, FunctionNode } from '@isthmus/workflow-expressions';
import { Shape, type Use } from './shape.js';

/** Where the references of an expression lead. */
export interface Roots {
  /** The shape behind `body('X')`, `items('L')`, `variables('v')`; undefined for what is no such reference. */
  reference(name: string, argument: string | undefined): Shape | undefined;
}

const dates = words(
  'formatDateTime addDays addHours addMinutes addSeconds addToTime subtractFromTime ticks startOfDay startOfHour startOfMonth dayOfWeek dayOfMonth dayOfYear convertFromUtc convertToUtc convertTimeZone parseDateTime dateDifference',
);
const numbers = words('add sub mul div mod range rand formatNumber');
const numerics = words('int float decimal isInt isFloat');
const lists = words('join sort reverse skip take first last chunk');
/** The result is the first argument, changed in a way that does not matter here. */
const sameValue = words(
  'toLower toUpper trim replace string coalesce skip take sort reverse array addProperty setProperty removeProperty decodeUriComponent encodeUriComponent uriComponent uriComponentToString xml',
);
const stringUses = words(
  'toLower toUpper trim replace substring split indexOf lastIndexOf nthIndexOf startsWith endsWith slice',
);

function words(text: string): ReadonlySet<string> {
  return new Set(text.toLowerCase().split(/\s+/));
}

/** Reads what the functions of an expression want of the values that they are applied to. */
export class ExpressionWishes {
  constructor(private readonly roots: Roots) {}

  /**
   * The shape of the value that an expression gives, where it is one that a stub makes up.
   * Everything inside is visited.
   */
  visit(node: ExpressionNode): Shape | undefined {
    if (node.kind === 'literal') return undefined;
    const value = this.result(node);
    return node.dereferences.reduce<Shape | undefined>((shape, { key }) => {
      if (key.kind === 'literal') return shape && select(shape, key.value);
      // A computed name is the text that a stub gives.
      this.visit(key)?.use('string');
      return shape?.member('text');
    }, value);
  }

  /** A condition that should hold; with `isWanted` false one that should not. */
  condition(node: ExpressionNode, isWanted = true): void {
    if (node.kind === 'literal') return;
    const name = node.name.toLowerCase();
    if (name === 'and' || name === 'or')
      for (const argument of node.arguments) this.condition(argument, isWanted);
    else if (name === 'not')
      for (const argument of node.arguments) this.condition(argument, !isWanted);
    else if (node.dereferences.length === 0 && isComparison(name))
      this.compare(name, node.arguments, isWanted);
    else this.visit(node)?.use('boolean');
  }

  /** `equals(a, b)` and its relatives: a value that is compared with a literal had better be like it. */
  compare(name: string, operands: readonly ExpressionNode[], isWanted: boolean): void {
    const shapes = operands.map((operand) => this.visit(operand));
    const literal = operands.find((operand) => operand.kind === 'literal');
    const value = literal?.kind === 'literal' ? literal.value : undefined;
    for (const shape of shapes) if (shape) suggest(shape, name, value, isWanted);
    const [left, right] = shapes;
    // Two values that are compared are of one kind.
    if (left && right && name === 'equals' && isWanted) left.join(right);
    else if (!literal && ordering.has(name)) for (const shape of shapes) shape?.use('number');
  }

  private result(node: FunctionNode): Shape | undefined {
    const name = node.name.toLowerCase();
    const [first] = node.arguments;
    const argument =
      first?.kind === 'literal' && typeof first.value === 'string' ? first.value : undefined;
    const reference = this.roots.reference(name, argument);
    if (reference) {
      for (const each of node.arguments) this.visit(each);
      return reference;
    }
    if (name === 'if') return this.choice(node);
    if (isComparison(name)) {
      this.compare(name, node.arguments, true);
      return undefined;
    }
    const shapes = node.arguments.map((each) => this.visit(each));
    const [value] = shapes;
    for (const shape of shapes) if (shape && numbers.has(name)) shape.use('number');
    // All are lists, or all are objects.
    if (name === 'union' || name === 'intersection') return joined(shapes);
    if (!value)
      return sameValue.has(name) ? shapes.find((shape) => shape !== undefined) : undefined;
    return this.applied(name, value, node);
  }

  private choice({ arguments: [test, yes, no] }: FunctionNode): Shape | undefined {
    if (test) this.condition(test);
    const chosen = yes && this.visit(yes);
    const other = no && this.visit(no);
    return chosen ?? other;
  }

  /** What a function wants of its first argument, and what it gives. */
  private applied(name: string, value: Shape, node: FunctionNode): Shape | undefined {
    const use = useOf(name);
    if (use) value.use(use);
    if (lists.has(name)) value.use('list');
    switch (name) {
      case 'json':
        return value.decoded('json');
      case 'base64tostring':
      case 'base64tobinary':
      case 'decodebase64':
        return value.decoded('base64');
      case 'first':
      case 'last':
        return value.item();
      case 'split':
        return value.parts(literalText(node.arguments[1]) ?? ',');
      case 'substring':
        value.atLeast(
          (literalNumber(node.arguments[1]) ?? 0) + (literalNumber(node.arguments[2]) ?? 1),
        );
        return undefined;
      default:
        return sameValue.has(name) ? value : undefined;
    }
  }
}

const ordering = words('greater greaterOrEquals less lessOrEquals');

function isComparison(name: string): boolean {
  return (
    ordering.has(name) || ['equals', 'contains', 'startswith', 'endswith', 'empty'].includes(name)
  );
}

function suggest(shape: Shape, name: string, value: unknown, isWanted: boolean): void {
  if (name === 'empty') return void shape.use('list');
  if (typeof value === 'number' && name !== 'contains') {
    shape.use('number');
    const step = { greater: 1, less: -1 }[name] ?? 0;
    if (isWanted) shape.prefer(value + step);
  } else if (typeof value === 'string' && ordering.has(name)) {
    shape.use('string');
  } else if (typeof value === 'boolean' && name === 'equals') {
    shape.use('boolean').prefer(isWanted ? value : !value);
  } else if (typeof value === 'string' && isWanted && value !== '') {
    shape.prefer(value);
  }
}

function useOf(name: string): Use | undefined {
  if (dates.has(name)) return 'date';
  if (numerics.has(name)) return 'numeric';
  if (stringUses.has(name)) return 'string';
  if (name === 'length') return 'list';
  if (name === 'xml' || name === 'xpath') return 'xml';
  if (/^uri(?:host|path|port|query|scheme|pathandquery)$/.test(name)) return 'uri';
  return undefined;
}

function joined(shapes: readonly (Shape | undefined)[]): Shape | undefined {
  const [first, ...others] = shapes.filter((shape) => shape !== undefined);
  for (const other of others) first?.join(other);
  return first?.use('list');
}

function literalText(node: ExpressionNode | undefined): string | undefined {
  return node?.kind === 'literal' && typeof node.value === 'string' ? node.value : undefined;
}

function literalNumber(node: ExpressionNode | undefined): number | undefined {
  return node?.kind === 'literal' && typeof node.value === 'number' ? node.value : undefined;
}

function select(shape: Shape, key: unknown): Shape | undefined {
  if (typeof key === 'number') return shape.at(key);
  if (typeof key !== 'string') return undefined;
  // Newer designers write nested members as one name.
  return key.split('/').reduce((inner, name) => inner.member(name), shape);
}
