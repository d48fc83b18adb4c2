import { ServiceError } from '@isthmus/host';
import type { Listed } from './list-query.js';

type Predicate = (item: Listed) => boolean;
type Operand = (item: Listed) => unknown;

const comparisons: Readonly<Record<string, (a: number) => boolean>> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
  lt: (order) => order < 0,
  le: (order) => order <= 0,
};

const functions: Readonly<Record<string, (a: string, b: string) => boolean>> = {
  contains: (text, part) => text.includes(part),
  substringof: (part, text) => text.includes(part),
  startswith: (text, part) => text.startsWith(part),
  endswith: (text, part) => text.endsWith(part),
};

const longestFilter = 2000;

/**
 * Compiles the part of OData's `$filter` that ARM documents for API Management: comparisons, `and`, `or`, `not`,
 * parentheses and the four text functions, over the members of a resource. Text is compared without regard to case.
 * @throws ServiceError 400 that names the place of the mistake
 */
export function compileFilter(text: string): Predicate {
  if (text.length > longestFilter) throw wrong(text, longestFilter);
  const parser = new FilterParser(text);
  return parser.parse();
}

interface Token {
  readonly kind: 'name' | 'string' | 'number' | 'mark' | 'end';
  readonly text: string;
  readonly at: number;
}

class FilterParser {
  readonly #tokens: Token[];
  #next = 0;
  #depth = 0;

  constructor(private readonly text: string) {
    this.#tokens = tokenize(text);
  }

  parse(): Predicate {
    const predicate = this.#either();
    if (this.#peek().kind !== 'end') throw wrong(this.text, this.#peek().at);
    return predicate;
  }

  #either(): Predicate {
    let left = this.#both();
    while (this.#accept('or')) {
      const [a, b] = [left, this.#both()];
      left = (item) => a(item) || b(item);
    }
    return left;
  }

  #both(): Predicate {
    let left = this.#one();
    while (this.#accept('and')) {
      const [a, b] = [left, this.#one()];
      left = (item) => a(item) && b(item);
    }
    return left;
  }

  #one(): Predicate {
    if (++this.#depth > 50) throw wrong(this.text, this.#peek().at);
    try {
      if (this.#accept('not')) {
        const inner = this.#one();
        return (item) => !inner(item);
      }
      if (this.#accept('(')) {
        const inner = this.#either();
        this.#expect(')');
        return inner;
      }
      return this.#comparison();
    } finally {
      this.#depth -= 1;
    }
  }

  #comparison(): Predicate {
    const call = functions[this.#peek().text.toLowerCase()];
    if (this.#peek().kind === 'name' && call && this.#tokens[this.#next + 1]?.text === '(') {
      this.#next += 2;
      const a = this.#operand();
      this.#expect(',');
      const b = this.#operand();
      this.#expect(')');
      const result: Predicate = (item) => call(lower(a(item)), lower(b(item)));
      // `contains(name,'x') eq true` is legal too
      if (!this.#accept('eq')) return result;
      const wanted = this.#operand();
      return (item) => result(item) === wanted(item);
    }
    const left = this.#operand();
    const operator = this.#peek();
    const compare = operator.kind === 'name' ? comparisons[operator.text.toLowerCase()] : undefined;
    if (!compare) throw wrong(this.text, operator.at);
    this.#next += 1;
    const right = this.#operand();
    return (item) => compare(order(left(item), right(item)));
  }

  #operand(): Operand {
    const token = this.#tokens[this.#next++]!;
    switch (token.kind) {
      case 'string':
        return () => token.text;
      case 'number':
        return () => Number(token.text);
      case 'name':
        return operandOf(token.text);
      case 'mark':
      case 'end':
        throw wrong(this.text, token.at);
    }
  }

  #peek(): Token {
    return this.#tokens[this.#next]!;
  }

  #accept(text: string): boolean {
    const { kind, text: found } = this.#peek();
    if (kind === 'string' || found.toLowerCase() !== text) return false;
    this.#next += 1;
    return true;
  }

  #expect(text: string): void {
    if (!this.#accept(text)) throw wrong(this.text, this.#peek().at);
  }
}

/** A literal, or a member: `name`, `properties/displayName`, `displayName`. */
function operandOf(name: string): Operand {
  if (name === 'true' || name === 'false') return () => name === 'true';
  if (name === 'null') return () => null;
  const path = name.replace(/^properties\//i, '').split('/');
  if (path.length === 1 && name.toLowerCase() === 'name') return (item) => item.name;
  return (item) =>
    path.reduce<unknown>((value, step) => {
      if (typeof value !== 'object' || value === null) return undefined;
      const member = Object.keys(value).find((key) => key.toLowerCase() === step.toLowerCase());
      return member === undefined ? undefined : (value as Record<string, unknown>)[member];
    }, item.properties);
}

function tokenize(text: string): Token[] {
  const pattern = /\s*(?:'((?:[^']|'')*)'|(-?\d+(?:\.\d+)?)(?![\w-])|([\w/.$-]+)|([(),]))/gy;
  const tokens: Token[] = [];
  let at = 0;
  while (text.slice(at).trim() !== '') {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match) throw wrong(text, at);
    const [, string, number, name, mark] = match;
    if (string !== undefined)
      tokens.push({ kind: 'string', text: string.replaceAll("''", "'"), at });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number, at });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name, at });
    else tokens.push({ kind: 'mark', text: mark!, at });
    at = pattern.lastIndex;
  }
  return [...tokens, { kind: 'end', text: '', at: text.length }];
}

function lower(value: unknown): string {
  return typeof value === 'string'
    ? value.toLowerCase()
    : value == null
      ? ''
      : JSON.stringify(value);
}

function order(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [left, right] = [lower(a), lower(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function wrong(filter: string, at: number): ServiceError {
  return new ServiceError(
    400,
    'ValidationError',
    `$filter is malformed at character ${at + 1}: ${filter.slice(0, 200)}`,
  );
}
