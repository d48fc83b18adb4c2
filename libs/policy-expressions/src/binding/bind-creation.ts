import { emitInvocation } from '../compile/calls.js';
import type { Code } from '../compile/code.js';
import { AnonymousObject } from '../runtime/anonymous-object.js';
import { defaultValue } from '../runtime/default-value.js';
import type { ExpressionOf } from '../syntax/tree.js';
import type { Initializer, MemberInitializer } from '../syntax/tree-parts.js';
import { anonymousType } from './anonymous-type.js';
import type { Binder } from './binder.js';
import { bindArguments, convertArguments } from './bind-arguments.js';
import { requireWritable } from './places.js';
import { choose } from './choose.js';
import { misfitError } from './call-errors.js';
import { elementOf } from './bind-element.js';
import { propertyValue } from './property-value.js';
import type { BoundValue } from './bound.js';
import { itemTypeOf } from './item-type.js';
import { delegateShape } from './delegate-shape.js';
import { findExtensions, findMethods, findProperty } from './member-lookup.js';
import {
  isValueType,
  noType,
  nullType,
  typeName,
  voidType,
  type NamedType,
  type NetType,
} from './net-type.js';
import type { CallArgument } from './overloads.js';
import { CompileError } from './problem.js';

/** `new T(arguments) { initialisers }`. */
export function bindNew(binder: Binder, node: ExpressionOf<'new'>): BoundValue {
  const type = binder.type(node.type);
  const created = construct(binder, type, node);
  return node.initializer === null ? created : initialized(binder, created, node.initializer);
}

function construct(binder: Binder, type: NetType, node: ExpressionOf<'new'>): BoundValue {
  const { start } = node;
  if (type.kind !== 'named') {
    if (type.kind === 'parameter')
      throw new CompileError(
        'CS0304',
        `Cannot create an instance of the variable type '${type.name}' because it does not have the new() constraint`,
        start,
      );
    throw new CompileError('CS0119', `'${typeName(type)}' cannot be created`, start);
  }
  const { definition } = type;
  if (definition.kind === 'static')
    throw new CompileError(
      'CS0712',
      `Cannot create an instance of the static class '${typeName(type)}'`,
      start,
    );
  if (definition.kind === 'interface' || definition.isAbstract)
    throw new CompileError(
      'CS0144',
      `Cannot create an instance of the abstract type or interface '${typeName(type)}'`,
      start,
    );
  if (delegateShape(type) !== null) {
    const argument = node.args[0];
    if (argument === undefined || node.args.length !== 1)
      throw new CompileError('CS0149', 'Method name expected', start);
    return { ...binder.convert(binder.bind(argument.value), type), start };
  }
  const args = bindArguments(binder, node.args);
  if (args.length === 0 && isValueType(type)) {
    const value = defaultValue(type);
    return { kind: 'value', type, start, emit: () => () => value };
  }
  return callConstructor(binder, { type, args, start });
}

interface Construction {
  readonly type: NamedType;
  readonly args: readonly CallArgument[];
  readonly start: number;
}

function callConstructor(binder: Binder, { type, args, start }: Construction): BoundValue {
  const constructors = type.definition
    .members('.ctor')
    .flatMap((m) => (m.kind === 'method' ? [{ method: m, owner: type }] : []));
  if (constructors.length === 0) {
    throw new CompileError(
      'CS1729',
      `'${typeName(type)}' does not contain a constructor that takes ${args.length} arguments: usage of member 'new' of type '${typeName(type, true)}' is not supported within expressions`,
      start,
    );
  }
  const choice = choose(constructors, args, null);
  if (choice.ambiguous !== null) throw choice.ambiguous(start);
  const { best } = choice;
  if (best === null) {
    const error = misfitError(binder, {
      group: { name: type.definition.name, owner: type },
      args,
      chosen: choice,
      start,
    });
    throw error.code === 'CS1501'
      ? new CompileError(
          'CS1729',
          `'${typeName(type)}' does not contain a constructor that takes ${args.length} arguments`,
          start,
        )
      : error;
  }
  const converted = convertArguments(binder, best, args);
  return {
    kind: 'value',
    type,
    start,
    emit: () =>
      emitInvocation({ chosen: best, target: null, args: converted.map((emit) => emit()), start }),
  };
}

/** A value with its initialiser applied: the value waits in a temporary. */
function initialized(binder: Binder, created: BoundValue, initializer: Initializer): BoundValue {
  const { slot, value } = binder.temporary(created.type, created.start);
  const actions = bindInitializer(binder, value, initializer);
  return {
    kind: 'value',
    type: created.type,
    start: created.start,
    emit: () => {
      const make = created.emit();
      const codes = actions.map((a) => a());
      return (frame) => {
        const before = frame.slots[slot];
        const object = make(frame);
        frame.slots[slot] = object;
        for (const code of codes) code(frame);
        const result = frame.slots[slot];
        frame.slots[slot] = before;
        return result;
      };
    },
  };
}

function bindInitializer(
  binder: Binder,
  target: BoundValue,
  initializer: Initializer,
): (() => Code)[] {
  if (initializer.kind === 'objectInitializer')
    return initializer.members.flatMap((m) => bindMemberInitializer(binder, target, m));
  return initializer.elements.map((element) => {
    const args: CallArgument[] = element.map((e) => ({
      name: null,
      mode: 'value',
      bound: binder.bind(e),
      start: e.start,
    }));
    return addElement(binder, target, args);
  });
}

function addElement(binder: Binder, target: BoundValue, args: readonly CallArgument[]): () => Code {
  const start = args[0]?.start ?? target.start;
  const isEnumerable = itemTypeOf(target.type) !== null;
  const methods = findMethods(target.type, 'Add');
  if (!isEnumerable || (methods.length === 0 && findExtensions('Add').length === 0)) {
    throw new CompileError(
      'CS1922',
      `Cannot initialize type '${typeName(target.type)}' with a collection initializer because it does not implement 'System.Collections.IEnumerable'`,
      start,
    );
  }
  const choice = choose(methods, args, null);
  if (choice.best === null)
    throw new CompileError(
      'CS1950',
      `The best overloaded Add method '${typeName(target.type)}.Add' for the collection initializer has some invalid arguments`,
      start,
    );
  const { best } = choice;
  const converted = convertArguments(binder, best, args);
  return () =>
    emitInvocation({
      chosen: best,
      target: target.emit(),
      args: converted.map((emit) => emit()),
      start,
    });
}

function bindMemberInitializer(
  binder: Binder,
  target: BoundValue,
  node: MemberInitializer,
): (() => Code)[] {
  const place = initializerTarget(binder, target, node);
  if (node.value.kind === 'objectInitializer' || node.value.kind === 'collectionInitializer')
    return bindInitializer(binder, place, node.value);
  const writable = requireWritable(place);
  const value = binder.convert(binder.bind(node.value), place.type);
  return [() => writable.store(value.emit())];
}

function initializerTarget(
  binder: Binder,
  target: BoundValue,
  node: MemberInitializer,
): BoundValue {
  if (node.index !== null)
    return elementOf(binder, target, bindArguments(binder, node.index), node.start);
  const found = findProperty(target.type, node.name ?? '');
  if (found === undefined)
    throw new CompileError(
      'CS0117',
      `'${typeName(target.type)}' does not contain a definition for '${node.name}'`,
      node.start,
    );
  return propertyValue(found, target, node.start);
}

/** `new { A = 1, b.C }`. */
export function bindAnonymous(binder: Binder, node: ExpressionOf<'newAnonymous'>): BoundValue {
  const members = node.members.map((m) => {
    const name = m.name ?? impliedName(m.value);
    if (name === null)
      throw new CompileError(
        'CS0746',
        'Invalid anonymous type member declarator. Anonymous type members must be declared with a member assignment, simple name or member access.',
        m.value.start,
      );
    const bound = binder.bind(m.value);
    const value =
      bound.kind === 'lambda' || bound.kind === 'methods' ? null : binder.asValue(bound);
    if (
      value === null ||
      value.type === nullType ||
      value.type === voidType ||
      value.type === noType
    ) {
      throw new CompileError(
        'CS0828',
        `Cannot assign '${value === null ? 'lambda expression' : typeName(value.type)}' to anonymous type property`,
        m.value.start,
      );
    }
    return { name, value };
  });
  const names = members.map((m) => m.name);
  if (new Set(names).size !== names.length)
    throw new CompileError(
      'CS0833',
      'An anonymous type cannot have multiple properties with the same name',
      node.start,
    );
  const type = anonymousType(
    names,
    members.map((m) => m.value.type),
  );
  return {
    kind: 'value',
    type,
    start: node.start,
    emit: () => {
      const codes = members.map((m) => m.value.emit());
      return (frame) =>
        new AnonymousObject(
          type,
          codes.map((code) => code(frame)),
        );
    },
  };
}

function impliedName(node: MemberInitializer['value']): string | null {
  if (node.kind === 'name') return node.name;
  if (node.kind === 'member') return node.name;
  if (node.kind === 'conditionalAccess') return impliedName(node.access);
  return null;
}
