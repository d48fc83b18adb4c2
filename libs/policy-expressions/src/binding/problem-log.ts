import type { Statement } from '../syntax/tree.js';
import { CompileError } from './problem.js';

/** The mistakes of a block. One in a statement does not hide those of the statements after it. */
export class ProblemLog {
  readonly errors: CompileError[] = [];
  private readonly broken: Statement[] = [];

  /** Notes why a statement does not bind, unless it only misses what a broken statement would have declared. */
  add(error: CompileError, statement: Statement): void {
    const missing = error.code === 'CS0103' ? /'(.+?)'/.exec(error.message)?.[1] : undefined;
    const follows =
      missing !== undefined && this.broken.some((earlier) => mentions(earlier, missing));
    if (!follows) this.errors.push(error);
    this.broken.push(statement);
  }
}

/** Whether a name occurs anywhere in a piece of syntax. */
function mentions(node: unknown, name: string): boolean {
  if (node === name) return true;
  return (
    typeof node === 'object' &&
    node !== null &&
    Object.values(node).some((inner) => mentions(inner, name))
  );
}
