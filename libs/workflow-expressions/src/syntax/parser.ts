import { WorkflowExpressionError } from '../error.js';
import { floatOf, integerOf, type WorkflowValue } from '../value.js';
import { scan, type Token, type TokenKind } from './scanner.js';
import type { Dereference, ExpressionNode, FunctionNode } from './tree.js';

/** The longest expression that the service saves, without its `@`. */
const maximumExpressionLength = 8192;
/** Deeper nesting than any real expression; keeps hostile ones from exhausting the stack. */
const maximumDepth = 256;

const keywords: ReadonlyMap<string, WorkflowValue> = new Map<string, WorkflowValue>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

class Parser {
  private readonly tokens: readonly Token[];
  private at = 0;
  private depth = 0;

  constructor(private readonly text: string) {
    this.tokens = scan(text);
  }

  /** expression end-of-data */
  whole(): ExpressionNode {
    const node = this.expression();
    this.expect('EndOfData');
    return node;
  }

  private get token(): Token {
    return this.tokens[this.at] as Token;
  }

  private fail(reason: string): WorkflowExpressionError {
    return new WorkflowExpressionError(
      `Unable to parse template language expression '${this.text}': ${reason}.`,
      this.token.start,
    );
  }

  private expect(kind: TokenKind): Token {
    const token = this.token;
    if (token.kind !== kind) {
      throw this.fail(`expected token '${kind}' and actual '${token.kind}'`);
    }
    this.at += 1;
    return token;
  }

  private skip(kind: TokenKind): boolean {
    if (this.token.kind !== kind) return false;
    this.at += 1;
    return true;
  }

  private expression(): ExpressionNode {
    this.depth += 1;
    if (this.depth > maximumDepth) {
      throw this.fail(`expressions are nested deeper than ${maximumDepth} levels`);
    }
    const node = this.primary();
    this.depth -= 1;
    return node;
  }

  private primary(): ExpressionNode {
    const token = this.token;
    if (token.kind === 'IntegerLiteral') return { kind: 'literal', value: this.integer() };
    if (token.kind !== 'StringLiteral' && token.kind !== 'FloatLiteral') return this.identifier();
    this.at += 1;
    const value = token.kind === 'StringLiteral' ? token.text : floatOf(Number(token.text));
    return { kind: 'literal', value };
  }

  private integer(): WorkflowValue {
    const value = integerOf(BigInt(this.token.text.replace(/^\+/, '')));
    if (value === undefined)
      throw this.fail(`the number '${this.token.text}' is not a 64-bit integer`);
    this.at += 1;
    return value;
  }

  private identifier(): ExpressionNode {
    const name = this.expect('Identifier').text;
    const keyword = keywords.get(name.toLowerCase());
    if (keyword !== undefined && this.token.kind !== 'LeftParenthesis') {
      return { kind: 'literal', value: keyword };
    }
    return this.call(name);
  }

  private call(name: string): FunctionNode {
    this.expect('LeftParenthesis');
    const parameters: ExpressionNode[] = [];
    if (!this.skip('RightParenthesis')) {
      do parameters.push(this.expression());
      while (this.skip('Comma'));
      this.expect('RightParenthesis');
    }
    return { kind: 'function', name, arguments: parameters, dereferences: this.dereferences() };
  }

  private dereferences(): Dereference[] {
    const list: Dereference[] = [];
    for (;;) {
      const isSafe = this.skip('QuestionMark');
      if (this.skip('Dot')) {
        list.push({ isSafe, key: { kind: 'literal', value: this.expect('Identifier').text } });
      } else if (this.skip('LeftSquareBracket')) {
        list.push({ isSafe, key: this.expression() });
        this.expect('RightSquareBracket');
      } else if (isSafe) {
        throw this.fail(`expected token 'LeftSquareBracket' and actual '${this.token.kind}'`);
      } else {
        return list;
      }
    }
  }
}

/**
 * Parses an expression without its `@`.
 * @param maximumLength in characters; deployment templates, which share the grammar, allow more
 * @throws WorkflowExpressionError with the parser's words of the service
 */
export function parseExpression(
  text: string,
  maximumLength = maximumExpressionLength,
): ExpressionNode {
  if (text.length > maximumLength) {
    throw new WorkflowExpressionError(
      `The template language expression limit exceeded: an expression has the maximum length of ${maximumLength} characters.`,
    );
  }
  return new Parser(text).whole();
}
