import type { AnonymousObject } from '../runtime/anonymous-object.js';
import { named } from './catalogue.js';
import { namedType, type NamedType, type NetType } from './net-type.js';
import type { Member, TypeDefinition } from './type-definition.js';

const known = new Map<string, NamedType>();

/** The anonymous type with these properties: the same names and types in the same order are one type. */
export function anonymousType(names: readonly string[], types: readonly NetType[]): NamedType {
  const key = `<>f{${names.map((n, i) => `${n}:${types[i]!.key}`).join(',')}}`;
  let type = known.get(key);
  if (type === undefined) {
    type = namedType(definition(key, names, types));
    known.set(key, type);
  }
  return type;
}

function definition(
  key: string,
  names: readonly string[],
  types: readonly NetType[],
): TypeDefinition {
  const members = new Map<string, readonly Member[]>();
  const self: TypeDefinition = {
    key,
    fullName: '<>f__AnonymousType',
    name: '<anonymous type>',
    namespace: '',
    keyword: null,
    kind: 'class',
    isAbstract: false,
    parameters: [],
    facets: {},
    enumeration: null,
    delegate: null,
    bases: () => [named('object')],
    members: (name) => members.get(name) ?? [],
    memberNames: () => members.keys(),
  };
  names.forEach((name, i) => {
    members.set(name, [
      {
        kind: 'property',
        name,
        isStatic: false,
        type: types[i]!,
        parameters: [],
        declaring: self,
        set: null,
        constant: null,
        signature: name,
        get: (value: AnonymousObject) => value.values[i],
      },
    ]);
  });
  return self;
}
