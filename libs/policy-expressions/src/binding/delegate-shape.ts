import { substitute, type NetType, type TypeParameter } from './net-type.js';
import type { Parameter } from './type-definition.js';

export interface DelegateShape {
  readonly parameters: readonly Parameter[];
  readonly returns: NetType;
}

/** Parameters and return type of a constructed delegate type; null for other types. */
export function delegateShape(type: NetType): DelegateShape | null {
  if (type.kind !== 'named' || type.definition.delegate === null) return null;
  const map = new Map<TypeParameter, NetType>(
    type.definition.parameters.map((p, i) => [p, type.args[i] ?? p]),
  );
  const { parameters, returns } = type.definition.delegate;
  return {
    parameters: parameters.map((p) => ({ ...p, type: substitute(p.type, map) })),
    returns: substitute(returns, map),
  };
}
