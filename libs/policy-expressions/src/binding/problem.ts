/**
 * A compile error. `line` and `column` count from 1 at the first character after `@(` or `@{`; for a block line 1 is
 * what follows the brace on its own line. `code` is the code of the C# compiler.
 */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

/** Several mistakes of one expression. */
export class CompileErrors extends Error {
  constructor(readonly errors: readonly CompileError[]) {
    super('The expression has mistakes.');
  }
}

/** Thrown inside the compiler; `offset` is the position in the expression text. */
export class CompileError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly offset: number,
  ) {
    super(message);
    this.name = 'CompileError';
  }
}
