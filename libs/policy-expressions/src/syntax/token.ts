/** A hole `{expression,alignment:format}` of an interpolated string. */
export interface InterpolationHole {
  readonly tokens: readonly Token[];
  readonly alignment: readonly Token[] | null;
  readonly format: string | null;
  readonly start: number;
}

export type InterpolationPart = string | InterpolationHole;

export type NumberKind = 'int' | 'uint' | 'long' | 'ulong' | 'float' | 'double' | 'decimal';

/** A lexical element; `start` and `end` are offsets in the expression text. */
export type Token = {
  readonly start: number;
  readonly end: number;
  /** The text as written; for identifiers the name without `@`. */
  readonly text: string;
} & (
  | { readonly kind: 'identifier'; readonly verbatim: boolean }
  | { readonly kind: 'keyword' | 'punctuation' | 'end' }
  | { readonly kind: 'number'; readonly number: NumberKind; readonly digits: string }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'char'; readonly value: number }
  | { readonly kind: 'interpolated'; readonly parts: readonly InterpolationPart[] }
);

/** The reserved words of C# 7.3. */
export const keywords: ReadonlySet<string> = new Set(
  (
    'abstract as base bool break byte case catch char checked class const continue decimal default delegate do double ' +
    'else enum event explicit extern false finally fixed float for foreach goto if implicit in int interface internal is ' +
    'lock long namespace new null object operator out override params private protected public readonly ref return sbyte ' +
    'sealed short sizeof stackalloc static string struct switch this throw true try typeof uint ulong unchecked unsafe ' +
    'ushort using virtual void volatile while'
  ).split(' '),
);

/** Keywords that name a type. */
export const typeKeywords: ReadonlySet<string> = new Set(
  'bool byte char decimal double float int long object sbyte short string uint ulong ushort void'.split(
    ' ',
  ),
);

/** Longest first. `>>` and `>>=` are put together by the parser, so that generic arguments close one by one. */
export const punctuators: readonly string[] = [
  '??=',
  '<<=',
  '...',
  '=>',
  '??',
  '?.',
  '::',
  '++',
  '--',
  '&&',
  '||',
  '==',
  '!=',
  '<=',
  '>=',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '&=',
  '|=',
  '^=',
  '->',
  '<<',
  '..',
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  ';',
  ',',
  '.',
  ':',
  '?',
  '+',
  '-',
  '*',
  '/',
  '%',
  '&',
  '|',
  '^',
  '!',
  '~',
  '=',
  '<',
  '>',
  '@',
  '$',
  '#',
  '`',
  '\\',
];
