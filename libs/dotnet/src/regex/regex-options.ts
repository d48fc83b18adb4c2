/** Flags of System.Text.RegularExpressions.RegexOptions. */
export const RegexOptions = {
  None: 0,
  IgnoreCase: 1,
  Multiline: 2,
  ExplicitCapture: 4,
  Compiled: 8,
  Singleline: 16,
  IgnorePatternWhitespace: 32,
  RightToLeft: 64,
  ECMAScript: 256,
  CultureInvariant: 512,
  NonBacktracking: 1024,
} as const;

/** The inline option letters `(?imnsx)`. */
export const INLINE_OPTIONS: Readonly<Record<string, number>> = {
  i: RegexOptions.IgnoreCase,
  m: RegexOptions.Multiline,
  n: RegexOptions.ExplicitCapture,
  s: RegexOptions.Singleline,
  x: RegexOptions.IgnorePatternWhitespace,
};
