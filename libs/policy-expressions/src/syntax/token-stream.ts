import { CompileError } from '../binding/problem.js';
import { mostErrors } from './lexer.js';
import type { Token } from './token.js';
import type { BlockNode, Expression } from './tree.js';

const maximumDepth = 220;

/** Keywords that begin a statement and stand nowhere inside one. */
const statementWords: ReadonlySet<string> = new Set([
  'if',
  'for',
  'foreach',
  'while',
  'do',
  'return',
  'try',
  'break',
  'continue',
]);

function braceOf(token: Token): number {
  if (token.kind !== 'punctuation') return 0;
  return token.text === '{' ? 1 : token.text === '}' ? -1 : 0;
}

/** The productions that recur through others; handed to the stream so that the parser files do not import each other in a ring. */
export interface Grammar {
  expression(stream: TokenStream): Expression;
  unary(stream: TokenStream): Expression;
  block(stream: TokenStream): BlockNode;
}

/** A cursor over tokens, with backtracking by position. */
export class TokenStream {
  position = 0;
  /** Mistakes that did not end the reading, in the order they were found. */
  readonly errors: CompileError[];
  private depth = 0;
  private trying = 0;

  constructor(
    readonly tokens: readonly Token[],
    readonly grammar: Grammar,
    /** What is wrong with the tokens themselves. */
    private readonly broken: readonly CompileError[] = [],
  ) {
    this.errors = [...broken];
  }

  get current(): Token {
    return this.peek(0);
  }

  peek(ahead: number): Token {
    const { tokens } = this;
    return tokens[this.position + ahead] ?? tokens[tokens.length - 1]!;
  }

  advance(): Token {
    const token = this.current;
    if (this.position < this.tokens.length - 1) this.position += 1;
    return token;
  }

  /** Whether the current token is this keyword or punctuation. */
  at(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.text === text && (token.kind === 'punctuation' || token.kind === 'keyword');
  }

  /** Whether the current token is an identifier with this text, not written with `@`. */
  atWord(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'identifier' && !token.verbatim && token.text === text;
  }

  atIdentifier(ahead = 0): boolean {
    return this.peek(ahead).kind === 'identifier';
  }

  accept(text: string): boolean {
    if (!this.at(text)) return false;
    this.advance();
    return true;
  }

  expect(text: string): Token {
    if (this.at(text)) return this.advance();
    const codes: Readonly<Record<string, [string, string]>> = {
      ';': ['CS1002', '; expected'],
      ')': ['CS1026', ') expected'],
      '}': ['CS1513', '} expected'],
      '{': ['CS1514', '{ expected'],
      in: ['CS1515', "'in' expected"],
    };
    const [code, message] = codes[text] ?? ['CS1003', `Syntax error, '${text}' expected`];
    throw new CompileError(code, message, this.current.start);
  }

  identifier(): Token {
    if (this.current.kind === 'identifier') return this.advance();
    throw new CompileError('CS1001', 'Identifier expected', this.current.start);
  }

  /** Two adjacent tokens: `>` `>` is the shift operator. */
  adjacent(first: string, second: string): boolean {
    return this.at(first) && this.at(second, 1) && this.peek(0).end === this.peek(1).start;
  }

  /** Tries a reading; undefined or a CompileError goes back to where it began. */
  attempt<T>(read: () => T | undefined): T | undefined {
    const { position, depth } = this;
    this.trying += 1;
    try {
      const result = read();
      if (result === undefined) this.position = position;
      return result;
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      this.position = position;
      this.depth = depth;
      return undefined;
    } finally {
      this.trying -= 1;
    }
  }

  /**
   * Reads a part of a list. One that cannot be read is noted and skipped, so that the mistakes behind it show too;
   * undefined then.
   */
  recovered<T>(read: () => T): T | undefined {
    const { position, depth } = this;
    try {
      return read();
    } catch (error) {
      if (!(error instanceof CompileError) || error.code === 'CS8078' || this.trying > 0)
        throw error;
      this.note(error, this.tokens[position]!.start);
      this.depth = depth;
      this.skipStatement(position);
      return undefined;
    }
  }

  /** Notes a mistake of what begins at `start`, unless a broken token in it is told already. */
  private note(error: CompileError, start: number): void {
    const follows =
      this.broken.some(({ offset }) => offset >= start && offset <= error.offset) ||
      this.errors.some(({ offset }) => offset === error.offset);
    if (!follows && this.errors.length < mostErrors) this.errors.push(error);
  }

  /** Goes behind the statement that begins at `from` and was read in part. */
  private skipStatement(from: number): void {
    let open = 0;
    for (let at = from; at < this.position; at++) open += braceOf(this.tokens[at]!);
    if (this.position === from) open += braceOf(this.advance());
    for (; this.current.kind !== 'end'; this.advance()) {
      if (open <= 0 && (this.at('}') || this.#beginsStatement())) return;
      open += braceOf(this.current);
      if (open <= 0 && (this.at(';') || this.at('}'))) {
        this.advance();
        return;
      }
    }
  }

  #beginsStatement(): boolean {
    return this.current.kind === 'keyword' && statementWords.has(this.current.text);
  }

  /** One level of nesting; hostile depth is a compile error, not a stack overflow. */
  nested<T>(read: () => T): T {
    this.depth += 1;
    if (this.depth > maximumDepth)
      throw new CompileError(
        'CS8078',
        'An expression is too long or complex to compile',
        this.current.start,
      );
    const result = read();
    this.depth -= 1;
    return result;
  }
}
