import type { Code } from '../compile/code.js';
import type { NetTuple } from '../runtime/pair.js';
import type { Ref } from '../runtime/ref.js';
import type { ExpressionOf } from '../syntax/tree.js';
import type { Binder } from './binder.js';
import { constantValue } from './bind-literals.js';
import type { Bound, BoundValue } from './bound.js';
import { findDefinition, isNamespace, named } from './catalogue.js';
import { delegateShape } from './delegate-shape.js';
import { dynamicMember } from './dynamic-member.js';
import { findExtensions, findMethods, findProperty } from './member-lookup.js';
import { methodGroup } from './method-group.js';
import { dynamicType, namedType, nullType, typeName, voidType, type NetType } from './net-type.js';
import { CompileError } from './problem.js';
import { LocalFunctionSymbol } from './symbols.js';
import { localFunctionMethod } from './local-functions.js';
import { propertyValue } from './property-value.js';

/** A simple name: variable, local function, `context`, type, namespace. */
export function bindName(binder: Binder, node: ExpressionOf<'name'>): Bound {
  const { name, start } = node;
  const typeArguments = node.args?.map((a) => binder.type(a)) ?? null;
  const symbol = binder.scope.find(name);
  if (symbol instanceof LocalFunctionSymbol) {
    const receiver = binder.declarations.read(symbol.variable, start);
    return methodGroup({
      name,
      receiver,
      owner: named('object'),
      methods: [localFunctionMethod(symbol)],
      typeArguments,
      local: symbol,
      start,
    });
  }
  if (symbol !== undefined) return binder.declarations.read(symbol, start);
  if (name === 'context' && node.args === null) {
    return {
      kind: 'value',
      type: named('IContext'),
      start,
      emit: () => (frame) => frame.runtime.context,
    };
  }
  const localType = binder.scope.findType(name);
  if (localType !== undefined) return { kind: 'type', type: localType, start };
  const definition = findDefinition(name, typeArguments?.length ?? 0);
  if (definition !== undefined)
    return { kind: 'type', type: namedType(definition, typeArguments ?? []), start };
  if (isNamespace(name)) return { kind: 'namespace', name, start };
  // Every class inherits the static members of object.
  const inherited = findMethods(named('object'), name).filter((m) => m.method.isStatic);
  if (inherited.length > 0)
    return methodGroup({
      name,
      receiver: null,
      owner: named('object'),
      methods: inherited.map((m) => m.method),
      typeArguments,
      local: null,
      start,
    });
  throw new CompileError(
    'CS0103',
    `The name '${name}' does not exist in the current context`,
    start,
  );
}

/** `target.name`. */
export function bindMember(binder: Binder, node: ExpressionOf<'member'>, isInvoked = false): Bound {
  const target = binder.bind(node.target);
  const typeArguments = node.args?.map((a) => binder.type(a)) ?? null;
  const at = node.start;
  switch (target.kind) {
    case 'namespace':
      return namespaceMember(target.name, node.name, typeArguments, at);
    case 'type':
      return staticMember(target.type, node, typeArguments);
    case 'value':
      return valueMember(binder, target, { node, typeArguments, isInvoked });
    case 'methods':
      throw new CompileError(
        'CS0119',
        `'${target.name}' is a method, which is not valid in the given context`,
        at,
      );
    case 'lambda':
      throw new CompileError(
        'CS0023',
        "Operator '.' cannot be applied to operand of type 'lambda expression'",
        at,
      );
  }
}

function namespaceMember(
  space: string,
  name: string,
  typeArguments: readonly NetType[] | null,
  start: number,
): Bound {
  const full = `${space}.${name}`;
  const definition = findDefinition(full, typeArguments?.length ?? 0);
  if (definition !== undefined)
    return { kind: 'type', type: namedType(definition, typeArguments ?? []), start };
  if (isNamespace(full)) return { kind: 'namespace', name: full, start };
  throw new CompileError(
    'CS0234',
    `The type or namespace name '${name}' does not exist in the namespace '${space}': usage of type '${full}' is not supported within expressions`,
    start,
  );
}

function staticMember(
  type: NetType,
  node: ExpressionOf<'member'>,
  typeArguments: readonly NetType[] | null,
): Bound {
  const { name, start } = node;
  if (type.kind === 'named') {
    const facts = type.definition.enumeration;
    if (facts && Object.hasOwn(facts.values, name))
      return constantValue(facts.values[name], type, start);
    const nested = findDefinition(
      `${type.definition.fullName}.${name}`,
      typeArguments?.length ?? 0,
    );
    if (nested !== undefined)
      return { kind: 'type', type: namedType(nested, typeArguments ?? []), start };
  }
  const found = findProperty(type, name);
  if (found !== undefined) {
    if (!found.property.isStatic)
      throw new CompileError(
        'CS0120',
        `An object reference is required for the non-static field, method, or property '${typeName(type)}.${name}'`,
        start,
      );
    return propertyValue(found, null, start);
  }
  const methods = findMethods(type, name);
  if (methods.length > 0) {
    return methodGroup({
      name,
      receiver: null,
      owner: type,
      methods: methods.map((m) => m.method),
      typeArguments,
      local: null,
      start,
    });
  }
  throw new CompileError(
    'CS0117',
    `'${typeName(type)}' does not contain a definition for '${name}': usage of member '${name}' of type '${typeName(type, true)}' is not supported within expressions`,
    start,
  );
}

interface MemberUse {
  readonly node: ExpressionOf<'member'>;
  readonly typeArguments: readonly NetType[] | null;
  /** The target of a call: properties that are no delegates are passed over. */
  readonly isInvoked: boolean;
}

function valueMember(
  binder: Binder,
  target: BoundValue,
  { node, typeArguments, isInvoked }: MemberUse,
): Bound {
  const { name, start } = node;
  const { type } = target;
  if (type === voidType || type === nullType)
    throw new CompileError(
      'CS0023',
      `Operator '.' cannot be applied to operand of type '${typeName(type)}'`,
      start,
    );
  if (type === dynamicType) return dynamicMember(name, start);
  noteReads(binder, target, name);
  const element = tupleElement(binder, target, name);
  if (element !== null) return element;
  if (name === 'Invoke' && delegateShape(type) !== null) return target;
  const property = findProperty(type, name);
  const found =
    isInvoked && property !== undefined && delegateShape(property.property.type) === null
      ? undefined
      : property;
  if (found !== undefined) {
    if (found.property.isStatic)
      throw new CompileError(
        'CS0176',
        `Member '${typeName(type)}.${name}' cannot be accessed with an instance reference; qualify it with a type name instead`,
        start,
      );
    return propertyValue(found, target, start);
  }
  const methods = findMethods(type, name);
  const extensions = findExtensions(name);
  if (methods.length === 0 && extensions.length === 0) {
    throw new CompileError(
      'CS1061',
      `'${typeName(type)}' does not contain a definition for '${name}': usage of member '${name}' of type '${typeName(type, true)}' is not supported within expressions`,
      start,
    );
  }
  const list = methods.length > 0 ? methods : extensions;
  return methodGroup({
    name,
    receiver: target,
    owner: type,
    methods: list.map((m) => m.method),
    typeArguments,
    local: null,
    start,
  });
}

/** Records which bodies an expression reads, so that the pipeline buffers only these. */
function noteReads(binder: Binder, target: BoundValue, name: string): void {
  if (target.type.kind !== 'named') return;
  const owner = target.type.definition.name;
  if (owner === 'IContext' && name === 'Response') binder.reads.response = true;
  if (name !== 'Body') return;
  if (owner === 'IRequest') binder.reads.requestBody = true;
  if (owner === 'IResponse') binder.reads.responseBody = true;
}

function tupleElement(binder: Binder, target: BoundValue, name: string): BoundValue | null {
  const { type } = target;
  if (type.kind !== 'named' || type.definition.fullName !== 'System.ValueTuple') return null;
  const item = /^Item([1-9]\d?)$/.exec(name);
  const index = item === null ? binder.tupleNames.get(`${type.key}.${name}`) : Number(item[1]) - 1;
  const elementType = index === undefined ? undefined : type.args[index];
  if (index === undefined || elementType === undefined) return null;
  const { place } = target;
  const read =
    (code: Code): Code =>
    (frame) =>
      (code(frame) as NetTuple).items[index];
  const reference =
    (code: Code): ((frame: Parameters<Code>[0]) => Ref) =>
    (frame) => {
      const { items } = code(frame) as NetTuple;
      return {
        get value() {
          return items[index];
        },
        set value(v: unknown) {
          items[index] = v;
        },
      };
    };
  return {
    kind: 'value',
    type: elementType,
    start: target.start,
    emit: () => read(target.emit()),
    place: {
      isVariable: place?.isVariable ?? false,
      readOnly:
        place?.isVariable === true
          ? place.readOnly
          : {
              code: 'CS1612',
              message: 'Cannot modify the return value because it is not a variable',
            },
      reference: () => reference(target.emit()),
      store: (value) => {
        const refer = reference(target.emit());
        return (frame) => (refer(frame).value = value(frame));
      },
    },
  };
}
