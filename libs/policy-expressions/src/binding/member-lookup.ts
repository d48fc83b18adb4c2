import { extensionClasses, named } from './catalogue.js';
import { namedType, type NamedType, type NetType } from './net-type.js';
import { allBases, basesOf } from './subtyping.js';
import type { Method, Property } from './type-definition.js';

export interface FoundProperty {
  readonly property: Property;
  readonly owner: NetType;
}

export interface FoundMethod {
  readonly method: Method;
  readonly owner: NetType;
}

/** The declaring types to search, nearest first. */
function hosts(type: NetType): readonly NamedType[] {
  if (type.kind === 'array')
    return [...basesOf(type).filter((b) => b.definition.kind !== 'interface')];
  if (type.kind !== 'named') return [named('object')];
  const bases =
    type.definition.kind === 'interface'
      ? basesOf(type)
      : allBases(type).filter((b) => b.definition.kind !== 'interface');
  return bases;
}

/** The property, field or constant of this name. */
export function findProperty(type: NetType, name: string): FoundProperty | undefined {
  for (const host of hosts(type)) {
    for (const member of host.definition.members(name)) {
      if (member.kind === 'property') return { property: member, owner: host };
    }
  }
  return undefined;
}

/** All methods of this name, nearest type first. */
export function findMethods(type: NetType, name: string): readonly FoundMethod[] {
  const found: FoundMethod[] = [];
  for (const host of hosts(type)) {
    for (const member of host.definition.members(name)) {
      if (member.kind === 'method') found.push({ method: member, owner: host });
    }
  }
  return found;
}

/** All indexers, nearest type first. */
export function findIndexers(type: NetType): readonly FoundProperty[] {
  const found: FoundProperty[] = [];
  for (const host of hosts(type)) {
    for (const member of host.definition.members('this[]')) {
      if (member.kind === 'property') found.push({ property: member, owner: host });
    }
  }
  return found;
}

/** Extension methods of this name in all static classes. */
export function findExtensions(name: string): readonly FoundMethod[] {
  const found: FoundMethod[] = [];
  for (const definition of extensionClasses()) {
    for (const member of definition.members(name)) {
      if (member.kind === 'method' && member.isExtension)
        found.push({ method: member, owner: namedType(definition) });
    }
  }
  return found;
}
