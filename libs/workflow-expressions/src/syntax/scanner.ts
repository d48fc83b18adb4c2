import { WorkflowExpressionError } from '../error.js';

export type TokenKind =
  | 'LeftParenthesis'
  | 'RightParenthesis'
  | 'LeftSquareBracket'
  | 'RightSquareBracket'
  | 'Comma'
  | 'Dot'
  | 'QuestionMark'
  | 'Identifier'
  | 'StringLiteral'
  | 'IntegerLiteral'
  | 'FloatLiteral'
  | 'EndOfData';

export interface Token {
  readonly kind: TokenKind;
  /** The text as written; of a string literal its value. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const punctuation: Readonly<Record<string, TokenKind>> = {
  '(': 'LeftParenthesis',
  ')': 'RightParenthesis',
  '[': 'LeftSquareBracket',
  ']': 'RightSquareBracket',
  ',': 'Comma',
  '.': 'Dot',
  '?': 'QuestionMark',
};

// Unicode white space of .NET's Char.IsWhiteSpace, which has U+0085 and not U+FEFF.
const blanks = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*/y;
const number = /[+-]?(?:\d+(\.\d+)?|(\.\d+))([eE][+-]?\d+)?/y;
/** Tokens after which a dot selects a member, and cannot begin a number. */
const operands: ReadonlySet<TokenKind | undefined> = new Set<TokenKind>([
  'RightParenthesis',
  'RightSquareBracket',
  'QuestionMark',
]);
const identifier = /[\p{L}_$][\p{L}\p{Nd}_$]*/uy;
const stringLiteral = /'((?:[^']|'')*)'/y;

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function unexpected(text: string, at: number): WorkflowExpressionError {
  const character = text[at];
  const reason =
    character === '"'
      ? `the string character '"' at position '${at}' is not expected; string literals are enclosed in single quotes`
      : character === "'"
        ? `the string literal at position '${at}' is not terminated`
        : `the string character '${character}' at position '${at}' is not expected`;
  return new WorkflowExpressionError(
    `Unable to parse template language expression '${text}': ${reason}.`,
    at,
  );
}

/** Splits an expression (without its `@`) into tokens. */
export function scan(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const take = (kind: TokenKind, value: string, length: number): void => {
    tokens.push({ kind, text: value, start: at, end: at + length });
    at += length;
  };
  for (;;) {
    at += match(blanks, text, at)?.[0].length ?? 0;
    const character = text[at];
    if (character === undefined) break;
    const isNumber = character !== '.' || !operands.has(tokens.at(-1)?.kind);
    const string = character === "'" ? match(stringLiteral, text, at) : null;
    const digits = isNumber ? match(number, text, at) : null;
    const mark = digits === null ? punctuation[character] : undefined;
    const name = match(identifier, text, at);
    if (mark !== undefined) take(mark, character, 1);
    else if (string !== null)
      take('StringLiteral', (string[1] as string).replaceAll("''", "'"), string[0].length);
    else if (digits !== null) {
      const isFloat = digits.slice(1).some((part) => part !== undefined);
      take(isFloat ? 'FloatLiteral' : 'IntegerLiteral', digits[0], digits[0].length);
    } else if (name !== null) take('Identifier', name[0], name[0].length);
    else throw unexpected(text, at);
  }
  take('EndOfData', '', 0);
  return tokens;
}
