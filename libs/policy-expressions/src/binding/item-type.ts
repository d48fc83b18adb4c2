import { named } from './catalogue.js';
import { findMethods } from './member-lookup.js';
import { substitute, type NetType } from './net-type.js';
import { ownerSubstitution } from './overloads.js';
import { basesOf } from './subtyping.js';

/** The type of the items that `foreach` sees, or null for what cannot be enumerated. */
export function itemTypeOf(type: NetType): NetType | null {
  if (type.kind === 'array') return type.element;
  if (type === named('string')) return named('char');
  for (const { method, owner } of findMethods(type, 'GetEnumerator')) {
    const returns = substitute(method.returns, ownerSubstitution(owner));
    if (method.parameters.length === 0)
      return returns.kind === 'named' ? (returns.args[0] ?? named('object')) : named('object');
  }
  const enumerables = basesOf(type).filter(
    (b) => b.definition.fullName === 'System.Collections.Generic.IEnumerable',
  );
  if (enumerables.length === 1) return enumerables[0]!.args[0]!;
  return basesOf(type).some((b) => b.definition.fullName === 'System.Collections.IEnumerable')
    ? named('object')
    : null;
}
