import type { TypeNode } from '../syntax/tree.js';
import type { Binder } from './binder.js';
import { findDefinition, named } from './catalogue.js';
import {
  arrayType,
  dynamicType,
  isValueType,
  namedType,
  nullableUnderlying,
  voidType,
  type NetType,
} from './net-type.js';
import { CompileError } from './problem.js';
import type { TypeDefinition } from './type-definition.js';

/** The type that a type node names; unknown names are compile errors. */
export function resolveType(binder: Binder, node: TypeNode): NetType {
  switch (node.kind) {
    case 'arrayType': {
      const element = resolveType(binder, node.element);
      if (element === voidType)
        throw new CompileError(
          'CS1547',
          "Keyword 'void' cannot be used in this context",
          node.start,
        );
      return arrayType(element, node.rank);
    }
    case 'nullableType': {
      const inner = resolveType(binder, node.element);
      if (inner.kind === 'parameter') return namedType(named('int?').definition, [inner]);
      if (!isValueType(inner) || nullableUnderlying(inner) !== undefined) {
        throw new CompileError(
          'CS8370',
          "Feature 'nullable reference types' is not available in C# 7.3. Please use language version 8.0 or greater.",
          node.start,
        );
      }
      return namedType(named('int?').definition, [inner]);
    }
    case 'tupleType':
      return tupleType(binder, node);
    case 'namedType':
      return resolveNamed(binder, node);
  }
}

function tupleType(binder: Binder, node: Extract<TypeNode, { kind: 'tupleType' }>): NetType {
  const types = node.elements.map((e) => resolveType(binder, e.type));
  const definition = findDefinition('ValueTuple', types.length);
  if (definition === undefined)
    throw new CompileError(
      'CS8124',
      'Tuples of this size are not supported within expressions',
      node.start,
    );
  const type = namedType(definition, types);
  node.elements.forEach((e, i) => {
    if (e.name !== null) binder.tupleNames.set(`${type.key}.${e.name}`, i);
  });
  return type;
}

function resolveNamed(binder: Binder, node: Extract<TypeNode, { kind: 'namedType' }>): NetType {
  const [first] = node.parts;
  if (node.parts.length === 1 && first !== undefined && first.args.length === 0) {
    if (first.name === 'void') return voidType;
    const local = binder.scope.findType(first.name);
    if (local !== undefined) return local;
    if (first.name === 'dynamic') return dynamicType;
    if (first.name === 'var')
      throw new CompileError(
        'CS0825',
        "The contextual keyword 'var' may only appear within a local variable declaration or in script code",
        node.start,
      );
  }
  if (node.omitted && !binder.allowsOpenTypes)
    throw new CompileError('CS7003', 'Unexpected use of an unbound generic name', node.start);
  const args = node.parts.flatMap((p) => p.args.map((a) => resolveType(binder, a)));
  const definition = findQualified(node);
  if (definition !== undefined) {
    if (definition.kind === 'static') return namedType(definition);
    return namedType(definition, args);
  }
  throw unknownType(node);
}

function findQualified(node: Extract<TypeNode, { kind: 'namedType' }>): TypeDefinition | undefined {
  const name = node.parts.map((p) => p.name).join('.');
  const arity = node.parts.reduce((sum, p) => sum + p.args.length, 0);
  const found = findDefinition(name, arity);
  if (found !== undefined) return found;

  return undefined;
}

function unknownType(node: Extract<TypeNode, { kind: 'namedType' }>): CompileError {
  const name = node.parts.map((p) => p.name).join('.');
  for (let arity = 0; arity < 9; arity += 1) {
    if (findDefinition(name, arity) !== undefined) {
      return new CompileError(
        'CS0305',
        `Using the generic type '${name}' requires ${arity} type arguments`,
        node.start,
      );
    }
  }
  return new CompileError(
    'CS0246',
    `The type or namespace name '${name}' could not be found: usage of type '${name}' is not supported within expressions`,
    node.start,
  );
}

/** Whether a type node is the word `var`, meaning an inferred type. */
export function isVar(binder: Binder, node: TypeNode): boolean {
  return (
    node.kind === 'namedType' &&
    node.parts.length === 1 &&
    node.parts[0]!.name === 'var' &&
    node.parts[0]!.args.length === 0 &&
    binder.scope.findType('var') === undefined
  );
}
