import { DotNetError } from '../dotnet-error.js';
import { buildPath, type PathStep } from './path-text.js';

/** Newtonsoft.Json.JsonReaderException with the path, line and position in its message. */
export function readerError(
  message: string,
  at: { path: string; line: number; position: number } | null,
): DotNetError {
  const sentence = message.endsWith('.') ? message : `${message}.`;
  const where = at === null ? '' : ` Path '${at.path}', line ${at.line}, position ${at.position}.`;
  return new DotNetError('Newtonsoft.Json.JsonReaderException', `${sentence}${where}`);
}

/** Where a reader stands in the tree: names and indices from the root. */
export class JsonPosition {
  private readonly steps: { kind: 'Object' | 'Array' | 'Constructor'; step: PathStep | null }[] =
    [];

  get depth(): number {
    return this.steps.length;
  }

  get current(): 'Object' | 'Array' | 'Constructor' | null {
    return this.steps.at(-1)?.kind ?? null;
  }

  push(kind: 'Object' | 'Array' | 'Constructor'): void {
    this.finishedValue();
    this.steps.push({ kind, step: null });
  }

  pop(): 'Object' | 'Array' | 'Constructor' | null {
    return this.steps.pop()?.kind ?? null;
  }

  property(name: string): void {
    const top = this.steps.at(-1);
    if (top) top.step = name;
  }

  /** Counts a value of the array the reader stands in. */
  finishedValue(): void {
    const top = this.steps.at(-1);
    if (top && top.kind !== 'Object') top.step = typeof top.step === 'number' ? top.step + 1 : 0;
  }

  toString(): string {
    const steps = this.steps.map(({ step }) => step);
    return buildPath(steps.filter((step) => step !== null));
  }
}
