import { emitInvocation, arrange } from '../compile/calls.js';
import type { Code } from '../compile/code.js';
import { nullReference } from '../compile/casts.js';
import type { Argument, Expression, ExpressionOf } from '../syntax/tree.js';
import type { Binder } from './binder.js';
import { bindArguments, convertArguments } from './bind-arguments.js';
import { constantValue } from './bind-literals.js';
import { bindMember, receiverCode } from './bind-names.js';
import type { BoundMethodGroup, BoundValue } from './bound.js';
import { named } from './catalogue.js';
import { delegateShape } from './delegate-shape.js';
import { findExtensions, findMethods } from './member-lookup.js';
import { isValueType, noType, nullType, typeName, voidType, type NetType } from './net-type.js';
import { bestOf, tryCandidate, type Applicable, type CallArgument, type Candidate, type Misfit } from './overloads.js';
import { CompileError } from './problem.js';
import type { Method } from './type-definition.js';

/** A call. */
export function bindInvoke(binder: Binder, node: ExpressionOf<'invoke'>): BoundValue {
  const { target } = node;
  if (target.kind === 'name' && target.name === 'nameof' && binder.scope.find('nameof') === undefined) return bindNameof(binder, node);
  const bound = target.kind === 'member' ? bindMember(binder, target, true) : binder.bind(target);
  if (bound.kind === 'methods') return invokeGroup(binder, bound, node);
  if (bound.kind === 'value') return invokeDelegate(binder, bound, node);
  if (bound.kind === 'type') throw new CompileError('CS1955', `Non-invocable member '${typeName(bound.type)}' cannot be used like a method.`, node.start);
  throw binder.notAValue(bound);
}

function bindNameof(binder: Binder, node: ExpressionOf<'invoke'>): BoundValue {
  const argument = node.args[0]?.value;
  if (node.args.length !== 1 || argument === undefined) throw new CompileError('CS0103', "The name 'nameof' does not exist in the current context", node.start);
  const name = nameOf(argument);
  if (name === null) throw new CompileError('CS8081', 'Expression does not have a name.', argument.start);
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
  const found = group.methods.some((m) => m.isExtension) && group.receiver !== null ? findExtensions(group.name) : findMethods(group.owner, group.name);
  return found.map(({ method, owner }) => ({ method, owner }));
}

function invokeGroup(binder: Binder, group: BoundMethodGroup, node: ExpressionOf<'invoke'>): BoundValue {
  const args = bindArguments(binder, node.args);
  const direct = candidatesOf(group);
  const isExtensionGroup = group.receiver !== null && direct.some((c) => c.method.isExtension);
  const usable = group.local !== null || isExtensionGroup ? direct : direct.filter((c) => c.method.isStatic === (group.receiver === null));
  if (!isExtensionGroup && usable.length > 0) {
    const chosen = choose(usable, args, group.typeArguments);
    if (chosen.best !== null) return callValue(binder, { group, chosen: chosen.best, args, start: node.start });
    if (chosen.ambiguous !== null) throw chosen.ambiguous(node.start);
    const extended = tryExtensions(binder, group, args, node.start);
    if (extended !== null) return extended;
    throw misfitError(binder, { group, args, chosen, start: node.start });
  }
  const extended = group.receiver === null ? null : tryExtensions(binder, group, args, node.start);
  if (extended !== null) return extended;
  if (group.receiver === null) throw new CompileError('CS0120', `An object reference is required for the non-static field, method, or property '${typeName(group.owner)}.${group.name}'`, node.start);
  if (!isExtensionGroup) throw new CompileError('CS0176', `Member '${typeName(group.owner)}.${group.name}' cannot be accessed with an instance reference; qualify it with a type name instead`, node.start);
  const all = [receiverArgument(group.receiver), ...args];
  throw misfitError(binder, { group, args: all, chosen: choose(direct, all, group.typeArguments), start: node.start });
}

function receiverArgument(receiver: BoundValue): CallArgument {
  return { name: null, mode: 'value', bound: receiver, start: receiver.start };
}

function tryExtensions(binder: Binder, group: BoundMethodGroup, args: readonly CallArgument[], start: number): BoundValue | null {
  if (group.receiver === null || group.local !== null) return null;
  const all = [receiverArgument(group.receiver), ...args];
  const chosen = choose(findExtensions(group.name), all, group.typeArguments, isReceiverConversion);
  if (chosen.ambiguous !== null) throw chosen.ambiguous(start);
  return chosen.best === null ? null : callValue(binder, { group, chosen: chosen.best, args: all, start });
}

/** The receiver of an extension method converts by identity, reference or boxing only. */
function isReceiverConversion(applicable: Applicable): boolean {
  return ['identity', 'reference', 'boxing'].includes(applicable.conversions[0]?.kind ?? '');
}

export interface Choice {
  readonly best: Applicable | null;
  readonly ambiguous: ((start: number) => CompileError) | null;
  readonly misfits: readonly { readonly candidate: Candidate; readonly misfit: Misfit }[];
}

/** Overload resolution over candidates. */
export function choose(candidates: readonly Candidate[], args: readonly CallArgument[], typeArguments: readonly NetType[] | null, accept: (a: Applicable) => boolean = () => true): Choice {
  const applicable: Applicable[] = [];
  const misfits: { candidate: Candidate; misfit: Misfit }[] = [];
  for (const candidate of candidates) {
    const result = tryCandidate(candidate, args, typeArguments);
    if ('kind' in result) misfits.push({ candidate, misfit: result });
    else if (accept(result)) applicable.push(result);
  }
  if (applicable.length === 0) return { best: null, ambiguous: null, misfits };
  // A method of a derived type hides those of its bases.
  const nearest = applicable.filter((a) => !applicable.some((b) => b !== a && derives(b.owner, a.owner)));
  const best = bestOf(nearest, args);
  if (!Array.isArray(best)) return { best: best as Applicable, ambiguous: null, misfits };
  const [a, b] = best as unknown as readonly [Applicable, Applicable];
  return {
    best: null, misfits,
    ambiguous: (start) => new CompileError('CS0121', `The call is ambiguous between the following methods or properties: '${a.method.signature}' and '${b.method.signature}'`, start),
  };
}

function derives(a: NetType, b: NetType): boolean {
  if (a === b || a.kind !== 'named' || b.kind !== 'named' || a.definition.kind === 'static') return false;
  for (let base = a.definition.bases()[0]; base !== undefined; base = base.definition.bases()[0]) if (base.definition === b.definition) return true;
  return false;
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
    kind: 'value', type: returns, start,
    emit: () => {
      const codes = converted.map((emit) => emit());
      const target = group.receiver === null ? null : isExtension ? codes[0]! : receiverCode(group.receiver, chosen.owner, start)();
      return emitInvocation({ chosen, target, args: isExtension ? codes.slice(1) : codes, start });
    },
  };
}

function localCall(call: Call, converted: readonly (() => Code)[]): BoundValue {
  const { group, chosen, start } = call;
  const callee = localTarget(group, chosen.typeArguments);
  return {
    kind: 'value', type: chosen.returns, start,
    emit: () => {
      const target = callee.emit();
      const args = arrange(chosen, converted.map((emit) => emit()));
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
  if (local === null || local.node.typeParameters.length === 0 || local.instantiate === null) return group.receiver!;
  return local.instantiate(typeArguments);
}

/** Calls a delegate. */
function invokeDelegate(binder: Binder, target: BoundValue, node: ExpressionOf<'invoke'>): BoundValue {
  const shape = delegateShape(target.type);
  if (shape === null) throw new CompileError('CS0149', 'Method name expected', node.start);
  const args = bindArguments(binder, node.args);
  const method: Method = {
    kind: 'method', name: 'Invoke', isStatic: false, isExtension: false, typeParameters: [], parameters: shape.parameters, returns: shape.returns,
    declaring: named('System.Delegate').definition, implementation: () => null, signature: typeName(target.type),
  };
  const result = tryCandidate({ method, owner: target.type }, args, null);
  if ('kind' in result) {
    if (result.kind === 'count') throw new CompileError('CS1593', `Delegate '${typeName(target.type)}' does not take ${args.length} arguments`, node.start);
    throw conversionError(binder, args, result, node.start);
  }
  const converted = convertArguments(binder, result, args);
  return {
    kind: 'value', type: shape.returns, start: node.start,
    emit: () => {
      const callee = target.emit();
      const codes = arrange(result, converted.map((emit) => emit()));
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

interface Failure {
  readonly group: { readonly name: string; readonly owner: NetType };
  readonly args: readonly CallArgument[];
  readonly chosen: Choice;
  readonly start: number;
}

/** The error of a call that no candidate fits. */
export function misfitError(binder: Binder, failure: Failure): CompileError {
  const { group, args, chosen, start } = failure;
  const order: readonly Misfit['kind'][] = ['convert', 'mode', 'infer', 'constraint', 'name', 'duplicate', 'count'];
  const sorted = [...chosen.misfits].sort((a, b) => order.indexOf(a.misfit.kind) - order.indexOf(b.misfit.kind) || b.misfit.argument - a.misfit.argument);
  const misfit = sorted[0]?.misfit;
  switch (misfit?.kind) {
    case 'convert':
    case 'mode':
      return conversionError(binder, args, misfit, start);
    case 'infer':
    case 'constraint':
      return inferenceError(binder, failure);
    case 'name':
      return new CompileError('CS1739', `The best overload for '${group.name}' does not have a parameter named '${misfit.name}'`, start);
    case 'duplicate':
      return new CompileError('CS1744', `Named argument '${misfit.name}' specifies a parameter for which a positional argument has already been given`, start);
    case 'count':
    case undefined:
      return new CompileError('CS1501', `No overload for method '${group.name}' takes ${args.length} arguments`, start);
  }
}

/** A lambda whose body is wrong makes inference fail: its own error says more. */
function inferenceError(_binder: Binder, failure: Failure): CompileError {
  return new CompileError('CS0411', `The type arguments for method '${failure.group.name}' cannot be inferred from the usage. Try specifying the type arguments explicitly.`, failure.start);
}

function conversionError(binder: Binder, args: readonly CallArgument[], misfit: Misfit, start: number): CompileError {
  const argument = args[misfit.argument];
  if (argument === undefined || misfit.type === null) return new CompileError('CS1503', 'An argument cannot be converted', start);
  const number = misfit.argument + 1;
  if (misfit.kind === 'mode') {
    return argument.mode === 'value'
      ? new CompileError('CS1620', `Argument ${number} must be passed with the '${misfit.mode}' keyword`, argument.start)
      : new CompileError('CS1615', `Argument ${number} may not be passed with the '${argument.mode}' keyword`, argument.start);
  }
  if (argument.bound.kind === 'lambda') return binder.noConversion(argument.bound, misfit.type);
  const source = argument.bound.kind === 'value' ? describe(argument.bound.type) : argument.bound.kind === 'methods' ? 'method group' : argument.bound.kind;
  return new CompileError('CS1503', `Argument ${number}: cannot convert from '${source}' to '${typeName(misfit.type, true)}'`, argument.start);
}

function describe(type: NetType): string {
  return type === noType ? 'default' : typeName(type, true);
}

export { isValueType, nullType, voidType };
export type { Argument };
