import { type NetType } from './net-type.js';
import {
  bestOf,
  tryCandidate,
  type Applicable,
  type CallArgument,
  type Candidate,
  type Misfit,
} from './overloads.js';
import { CompileError } from './problem.js';

export interface Choice {
  readonly best: Applicable | null;
  readonly ambiguous: ((start: number) => CompileError) | null;
  readonly misfits: readonly { readonly candidate: Candidate; readonly misfit: Misfit }[];
}

/** Overload resolution over candidates. */
export function choose(
  candidates: readonly Candidate[],
  args: readonly CallArgument[],
  typeArguments: readonly NetType[] | null,
  accept: (a: Applicable) => boolean = () => true,
): Choice {
  const applicable: Applicable[] = [];
  const misfits: { candidate: Candidate; misfit: Misfit }[] = [];
  for (const candidate of candidates) {
    const result = tryCandidate(candidate, args, typeArguments);
    if ('kind' in result) misfits.push({ candidate, misfit: result });
    else if (accept(result)) applicable.push(result);
  }
  if (applicable.length === 0) return { best: null, ambiguous: null, misfits };
  // A method of a derived type hides those of its bases.
  const nearest = applicable.filter(
    (a) => !applicable.some((b) => b !== a && derives(b.owner, a.owner)),
  );
  const best = bestOf(nearest, args);
  if (!Array.isArray(best)) return { best: best as Applicable, ambiguous: null, misfits };
  const [a, b] = best as unknown as readonly [Applicable, Applicable];
  return {
    best: null,
    misfits,
    ambiguous: (start) =>
      new CompileError(
        'CS0121',
        `The call is ambiguous between the following methods or properties: '${a.method.signature}' and '${b.method.signature}'`,
        start,
      ),
  };
}

function derives(a: NetType, b: NetType): boolean {
  if (a === b || a.kind !== 'named' || b.kind !== 'named' || a.definition.kind === 'static')
    return false;
  for (let base = a.definition.bases()[0]; base !== undefined; base = base.definition.bases()[0])
    if (base.definition === b.definition) return true;
  return false;
}
