import { named } from './catalogue.js';
import {
  isReferenceType,
  isValueType,
  namedType,
  nullType,
  substitute,
  type ArrayType,
  type NamedType,
  type NetType,
  type TypeParameter,
} from './net-type.js';

const closures = new Map<string, readonly NamedType[]>();

/** A named type with all its base classes and interfaces, nearest first. */
export function allBases(type: NamedType): readonly NamedType[] {
  let bases = closures.get(type.key);
  if (bases === undefined) {
    const map = new Map<TypeParameter, NetType>(
      type.definition.parameters.map((p, i) => [p, type.args[i] ?? p]),
    );
    const list: NamedType[] = [type];
    for (const open of type.definition.bases()) {
      const base = substitute(open, map);
      if (base.kind !== 'named') continue;
      for (const ancestor of allBases(base)) if (!list.includes(ancestor)) list.push(ancestor);
    }
    bases = list;
    closures.set(type.key, bases);
  }
  return bases;
}

const arrayInterfaces = [
  'IList',
  'ICollection',
  'IEnumerable',
  'IReadOnlyList',
  'IReadOnlyCollection',
];

/** The bases of any type: arrays are System.Array and the generic list interfaces. */
export function basesOf(type: NetType): readonly NamedType[] {
  if (type.kind === 'named') {
    const bases = allBases(type);
    return type.definition.kind === 'interface' ? [...bases, named('object')] : bases;
  }
  if (type.kind === 'array') return arrayBases(type);
  return [named('object')];
}

function arrayBases(type: ArrayType): readonly NamedType[] {
  const base = allBases(named('System.Array'));
  if (type.rank > 1) return base;
  const interfaces = arrayInterfaces.map((name) =>
    namedType(named(`${name}<object>`).definition, [type.element]),
  );
  return [...interfaces, ...base];
}

/** Identity or implicit reference conversion (C# 7.3, 6.2.7). */
export function isSubtype(from: NetType, to: NetType): boolean {
  if (from === to) return true;
  if (from === nullType) return isReferenceType(to);
  if (to.kind === 'special') return to.name === 'dynamic' && isReferenceType(from);
  if (from.kind === 'special') return from.name === 'dynamic' && to.key === named('object').key;
  if (!isReferenceType(from) && from.kind !== 'parameter') return false;
  if (to.kind === 'array') {
    if (from.kind !== 'array' || from.rank !== to.rank) return false;
    return isReferenceType(from.element) && isSubtype(from.element, to.element);
  }
  if (to.kind !== 'named') return false;
  return inherits(from, to);
}

/** Whether `to` is among the bases of `from`, with variance; for value types this is what boxing may reach. */
export function inherits(from: NetType, to: NamedType): boolean {
  for (const base of basesOf(from)) {
    if (base === to) return true;
    if (base.definition === to.definition && varies(base, to)) return true;
  }
  if (
    from.kind === 'array' &&
    arrayInterfaces.includes(to.definition.name) &&
    to.args.length === 1
  ) {
    const element = to.args[0]!;
    return from.rank === 1 && isReferenceType(from.element) && isSubtype(from.element, element);
  }
  return false;
}

function varies(from: NamedType, to: NamedType): boolean {
  if (from.definition.kind !== 'interface' && from.definition.kind !== 'delegate') return false;
  return from.definition.parameters.every((parameter, i) => {
    const a = from.args[i]!;
    const b = to.args[i]!;
    if (a === b) return true;
    if (parameter.variance === 'out') return isReferenceType(a) && isSubtype(a, b);
    if (parameter.variance === 'in') return isReferenceType(b) && isSubtype(b, a);
    return false;
  });
}

/** Whether a cast between reference types (or unboxing) could succeed (6.2.4); run-time checks decide. */
export function mayCast(from: NetType, to: NetType): boolean {
  if (isSubtype(from, to) || isSubtype(to, from)) return true;
  if (from.kind === 'parameter' || to.kind === 'parameter') return true;
  if (from.kind === 'named' && to.kind === 'named') return mayCastNamed(from, to);
  if (from.kind === 'array' && to.kind === 'array') {
    return (
      from.rank === to.rank &&
      (from.element === to.element || mayCast(from.element, to.element)) &&
      !isValueType(from.element) &&
      !isValueType(to.element)
    );
  }
  const [array, other] = from.kind === 'array' ? [from, to] : [to, from];
  if (array.kind !== 'array' || other.kind !== 'named') return false;
  return (
    arrayInterfaces.includes(other.definition.name) &&
    other.args.length === 1 &&
    array.rank === 1 &&
    mayCast(array.element, other.args[0]!)
  );
}

function mayCastNamed(from: NamedType, to: NamedType): boolean {
  const a = from.definition;
  const b = to.definition;
  if (a.kind === 'interface' && b.kind === 'interface') return true;
  // Only a sealed type or a value type is known not to implement an interface; classes of the tables may be derived from.
  if (a.kind === 'interface') return b.kind === 'class' ? true : inherits(to, from);
  if (b.kind === 'interface') return a.kind === 'class' && !isSealed(a.fullName);
  if (a.kind === 'struct' || b.kind === 'struct') return inherits(from, to) || inherits(to, from);
  return false;
}

const sealed = new Set([
  'System.String',
  'Newtonsoft.Json.Linq.JRaw',
  'System.Xml.Linq.XName',
  'System.Xml.Linq.XNamespace',
  'System.Text.StringBuilder',
]);

function isSealed(fullName: string): boolean {
  return sealed.has(fullName);
}
