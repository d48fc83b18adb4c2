import { emitInvocation, arrange } from '../compile/calls.js';
import type { Code } from '../compile/code.js';
import { nullReference } from '../compile/casts.js';
import type { Expression, ExpressionOf } from '../syntax/tree.js';
import type { Binder } from './binder.js';
import { bindArguments, convertArguments } from './bind-arguments.js';
import { constantValue } from './bind-literals.js';
import { bindMember } from './bind-names.js';
import { receiverCode } from './property-value.js';
import type { BoundMethodGroup, BoundValue } from './bound.js';
import { named } from './catalogue.js';
import { delegateShape } from './delegate-shape.js';
import { findExtensions, findMethods } from './member-lookup.js';
import { typeName, type NetType } from './net-type.js';
import { tryCandidate, type Applicable, type CallArgument, type Candidate } from './overloads.js';
import { CompileError } from './problem.js';
import type { Method } from './type-definition.js';
import { misfitError, conversionError } from './call-errors.js';
import { choose } from './choose.js';

/** A call. */
export function bindInvoke(binder: Binder, node: ExpressionOf<'invoke'>): BoundValue {
  const { target } = node;
  if (
    target.kind === 'name' &&
    target.name === 'nameof' &&
    binder.scope.find('nameof') === undefined
  )
    return bindNameof(binder, node);
  const bound = target.kind === 'member' ? bindMember(binder, target, true) : binder.bind(target);
  if (bound.kind === 'methods') return invokeGroup(binder, bound, node);
  if (bound.kind === 'value') return invokeDelegate(binder, bound, node);
  if (bound.kind === 'type')
    throw new CompileError(
      'CS1955',
      `Non-invocable member '${typeName(bound.type)}' cannot be used like a method.`,
      node.start,
    );
  throw binder.notAValue(bound);
}

function bindNameof(binder: Binder, node: ExpressionOf<'invoke'>): BoundValue {
  const argument = node.args[0]?.value;
  if (node.args.length !== 1 || argument === undefined)
    throw new CompileError(
      'CS0103',
      "The name 'nameof' does not exist in the current context",
      node.start,
    );
  const name = nameOf(argument);
  if (name === null)
    throw new CompileError('CS8081', 'Expression does not have a name.', argument.start);
  if (!(argument.kind === 'name' && argument.args !== null)) checkNamed(binder, argument);
  return constantValue(name, named('string'), node.start);
}

function checkNamed(binder: Binder, argument: Expression): void {
  try {
    binder.bind(argument);
  } catch (error) {
    // `nameof(string.Length)` names an instance member through its type.
    if (!(error instanceof CompileError) || error.code !== 'CS0120') throw error;
  }
}

function nameOf(node: Expression): string | null {
  if (node.kind === 'name' || node.kind === 'member') return node.name;
  return null;
}

/** Candidates of a group for its receiver: static ones through a type, instance ones through a value. */
function candidatesOf(group: BoundMethodGroup): Candidate[] {
  if (group.local !== null) return group.methods.map((method) => ({ method, owner: group.owner }));
  const found =
    group.methods.some((m) => m.isExtension) && group.receiver !== null
      ? findExtensions(group.name)
      : findMethods(group.owner, group.name);
  return found.map(({ method, owner }) => ({ method, owner }));
}

function invokeGroup(
  binder: Binder,
  group: BoundMethodGroup,
  node: ExpressionOf<'invoke'>,
): BoundValue {
  const args = bindArguments(binder, node.args);
  const direct = candidatesOf(group);
  const isExtensionGroup = group.receiver !== null && direct.some((c) => c.method.isExtension);
  const usable =
    group.local !== null || isExtensionGroup
      ? direct
      : direct.filter((c) => c.method.isStatic === (group.receiver === null));
  if (!isExtensionGroup && usable.length > 0) {
    const chosen = choose(usable, args, group.typeArguments);
    if (chosen.best !== null)
      return callValue(binder, { group, chosen: chosen.best, args, start: node.start });
    if (chosen.ambiguous !== null) throw chosen.ambiguous(node.start);
    const extended = tryExtensions(binder, group, args, node.start);
    if (extended !== null) return extended;
    throw misfitError(binder, { group, args, chosen, start: node.start });
  }
  const extended = group.receiver === null ? null : tryExtensions(binder, group, args, node.start);
  if (extended !== null) return extended;
  if (group.receiver === null)
    throw new CompileError(
      'CS0120',
      `An object reference is required for the non-static field, method, or property '${typeName(group.owner)}.${group.name}'`,
      node.start,
    );
  if (!isExtensionGroup)
    throw new CompileError(
      'CS0176',
      `Member '${typeName(group.owner)}.${group.name}' cannot be accessed with an instance reference; qualify it with a type name instead`,
      node.start,
    );
  const all = [receiverArgument(group.receiver), ...args];
  throw misfitError(binder, {
    group,
    args: all,
    chosen: choose(direct, all, group.typeArguments),
    start: node.start,
  });
}

function receiverArgument(receiver: BoundValue): CallArgument {
  return { name: null, mode: 'value', bound: receiver, start: receiver.start };
}

function tryExtensions(
  binder: Binder,
  group: BoundMethodGroup,
  args: readonly CallArgument[],
  start: number,
): BoundValue | null {
  if (group.receiver === null || group.local !== null) return null;
  const all = [receiverArgument(group.receiver), ...args];
  const chosen = choose(findExtensions(group.name), all, group.typeArguments, isReceiverConversion);
  if (chosen.ambiguous !== null) throw chosen.ambiguous(start);
  return chosen.best === null
    ? null
    : callValue(binder, { group, chosen: chosen.best, args: all, start });
}

/** The receiver of an extension method converts by identity, reference or boxing only. */
function isReceiverConversion(applicable: Applicable): boolean {
  return ['identity', 'reference', 'boxing'].includes(applicable.conversions[0]?.kind ?? '');
}

export interface Call {
  readonly group: BoundMethodGroup;
  readonly chosen: Applicable;
  readonly args: readonly CallArgument[];
  readonly start: number;
}

function callValue(binder: Binder, call: Call): BoundValue {
  const { group, chosen, args, start } = call;
  const converted = convertArguments(binder, chosen, args);
  if (group.local !== null) return localCall(call, converted);
  const isExtension = chosen.method.isExtension && group.receiver !== null;
  const returns = chosen.returns;
  return {
    kind: 'value',
    type: returns,
    start,
    emit: () => {
      const codes = converted.map((emit) => emit());
      const target =
        group.receiver === null
          ? null
          : isExtension
            ? codes[0]!
            : receiverCode(group.receiver, chosen.owner, start)();
      return emitInvocation({ chosen, target, args: isExtension ? codes.slice(1) : codes, start });
    },
  };
}

function localCall(call: Call, converted: readonly (() => Code)[]): BoundValue {
  const { group, chosen, start } = call;
  const callee = localTarget(group, chosen.typeArguments);
  return {
    kind: 'value',
    type: chosen.returns,
    start,
    emit: () => {
      const target = callee.emit();
      const args = arrange(
        chosen,
        converted.map((emit) => emit()),
      );
      return (frame) => {
        const call_ = target(frame) as (...values: unknown[]) => unknown;
        const values = args.map((code) => code(frame));
        frame.runtime.at = start;
        return call_(...values);
      };
    },
  };
}

/** The function of a local function; a generic one has one for each set of type arguments. */
function localTarget(group: BoundMethodGroup, typeArguments: readonly NetType[]): BoundValue {
  const { local } = group;
  if (local === null || local.node.typeParameters.length === 0 || local.instantiate === null)
    return group.receiver!;
  return local.instantiate(typeArguments);
}

/** Calls a delegate. */
function invokeDelegate(
  binder: Binder,
  target: BoundValue,
  node: ExpressionOf<'invoke'>,
): BoundValue {
  const shape = delegateShape(target.type);
  if (shape === null) throw new CompileError('CS0149', 'Method name expected', node.start);
  const args = bindArguments(binder, node.args);
  const method: Method = {
    kind: 'method',
    name: 'Invoke',
    isStatic: false,
    isExtension: false,
    typeParameters: [],
    parameters: shape.parameters,
    returns: shape.returns,
    declaring: named('System.Delegate').definition,
    implementation: () => null,
    signature: typeName(target.type),
  };
  const result = tryCandidate({ method, owner: target.type }, args, null);
  if ('kind' in result) {
    if (result.kind === 'count')
      throw new CompileError(
        'CS1593',
        `Delegate '${typeName(target.type)}' does not take ${args.length} arguments`,
        node.start,
      );
    throw conversionError(binder, args, result, node.start);
  }
  const converted = convertArguments(binder, result, args);
  return {
    kind: 'value',
    type: shape.returns,
    start: node.start,
    emit: () => {
      const callee = target.emit();
      const codes = arrange(
        result,
        converted.map((emit) => emit()),
      );
      return (frame) => {
        const run = callee(frame) as ((...values: unknown[]) => unknown) | null;
        const values = codes.map((code) => code(frame));
        frame.runtime.at = node.start;
        if (run === null) throw nullReference();
        return run(...values);
      };
    },
  };
}
