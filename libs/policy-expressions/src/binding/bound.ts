import type { Code, Emit, Frame } from '../compile/code.js';
import type { Ref } from '../runtime/ref.js';
import type { LambdaNode } from '../syntax/tree.js';
import type { NetType } from './net-type.js';
import type { LocalFunctionSymbol } from './symbols.js';
import type { Conversion } from './conversion.js';
import type { Method, Parameter } from './type-definition.js';

/** Where a value lives: what stands left of `=`, `++`, `ref`. */
export interface Place {
  /** Code that evaluates what is needed once and gives a reference to the place. */
  readonly reference: () => (frame: Frame) => Ref;
  /** Code that stores a value and gives it back. */
  readonly store: (value: Code) => Code;
  /** Why it cannot be written, or passed by reference. */
  readonly readOnly?: { readonly code: string; readonly message: string } | undefined;
  /** A variable that lives in a slot of the frame by itself, known once binding has ended. */
  readonly slot?: (() => number | null) | undefined;
  /** A variable or array element: may be passed by `ref` and its struct value may be changed in place. */
  readonly isVariable: boolean;
}

interface BoundBase {
  /** Offset in the expression text. */
  readonly start: number;
}

/** An expression with a value. `type` is `nullType` for `null`, `noType` for `default` and `throw`. */
export interface BoundValue extends BoundBase {
  readonly kind: 'value';
  readonly type: NetType;
  readonly emit: Emit;
  readonly constant?: { readonly value: unknown } | undefined;
  readonly place?: Place | undefined;
  readonly literal?: 'null' | 'default' | 'throw' | 'zero' | undefined;
  /** Elements of a tuple literal: each converts on its own. */
  readonly tuple?: readonly Bound[] | undefined;
  readonly tupleNames?: readonly (string | null)[] | undefined;
  /** A literal string under a cast: the same object wherever the text is the same. */
  readonly interned?: boolean | undefined;
}

export interface BoundTypeName extends BoundBase {
  readonly kind: 'type';
  readonly type: NetType;
}

export interface BoundNamespace extends BoundBase {
  readonly kind: 'namespace';
  readonly name: string;
}

/** A method name: candidates wait for arguments or a delegate type. */
export interface BoundMethodGroup extends BoundBase {
  readonly kind: 'methods';
  readonly name: string;
  readonly receiver: BoundValue | null;
  /** The type that the candidates are members of. */
  readonly owner: NetType;
  readonly methods: readonly Method[];
  readonly typeArguments: readonly NetType[] | null;
  readonly local: LocalFunctionSymbol | null;
  /** The conversion to a delegate type, or null. */
  readonly convert: (to: NetType) => Conversion | null;
  /** The return type of the method that takes arguments of these types, or null. */
  readonly returnFor: (types: readonly GroupParameter[]) => NetType | null;
}

export interface GroupParameter {
  readonly type: NetType;
  readonly mode: Parameter['mode'];
}

/** A lambda or anonymous method: bound when its delegate type is known. */
export interface BoundLambda extends BoundBase {
  readonly kind: 'lambda';
  readonly node: LambdaNode;
  /** Binds the body for parameter types; `returns` null infers. Cached. */
  readonly bind: (parameters: readonly NetType[], returns: NetType | null) => LambdaBody;
  /** Number of parameters; null when any fit. */
  readonly arity: number | null;
  /** Types written in the parameter list, or null. */
  readonly explicitTypes: readonly NetType[] | null;
}

export interface LambdaBody {
  /** The inferred return type (`voidType` for none; null when it cannot be inferred). */
  readonly returns: NetType | null;
  readonly error: Error | null;
  readonly emit: Emit;
  /** Values that the body returns, for better-conversion rules. */
  readonly values: readonly BoundValue[];
}

export type Bound = BoundValue | BoundTypeName | BoundNamespace | BoundMethodGroup | BoundLambda;
