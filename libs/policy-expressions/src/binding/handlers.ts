import type { Expression, ExpressionOf } from '../syntax/tree.js';
import { bindArrayInitializer, bindImplicitArray, bindNewArray } from './bind-arrays.js';
import { bindAnonymous, bindNew } from './bind-creation.js';
import {
  bindAs,
  bindCast,
  bindChecked,
  bindDefault,
  bindSizeof,
  bindTypeof,
} from './bind-casts.js';
import { bindIs } from './bind-patterns.js';
import { bindAssign } from './bind-assign.js';
import { bindBinary } from './bind-binary.js';
import { bindConditional, bindThrow } from './bind-conditional.js';
import { bindInvoke } from './bind-call.js';
import { bindElement } from './bind-element.js';
import { bindLambda } from './bind-lambda.js';
import { bindInterpolated, bindNumber, literalValue } from './bind-literals.js';
import { bindMember, bindName } from './bind-names.js';
import { bindConditionalAccess } from './bind-conditional-access.js';
import { bindQuery } from './bind-query.js';
import { bindTuple } from './bind-tuples.js';
import { bindPostfix, bindUnary } from './bind-unary.js';
import type { Binder } from './binder.js';
import type { Bound } from './bound.js';
import { CompileError } from './problem.js';

type Handlers = {
  readonly [K in Expression['kind']]: (binder: Binder, node: ExpressionOf<K>) => Bound;
};

/** A bracketed expression has a value: `(int)` alone is none. */
function bindParenthesized(binder: Binder, node: ExpressionOf<'parenthesized'>): Bound {
  const bound = binder.bind(node.operand);
  if (bound.kind === 'type' || bound.kind === 'namespace') throw binder.notAValue(bound);
  return bound;
}

function refuse(code: string, message: string): (binder: Binder, node: Expression) => never {
  return (_binder, node) => {
    throw new CompileError(code, message, node.start);
  };
}

/** The rule of each kind of expression. */
export const handlers: Handlers = {
  number: (_binder, node) => bindNumber(node),
  string: (_binder, node) => literalValue(node),
  char: (_binder, node) => literalValue(node),
  bool: (_binder, node) => literalValue(node),
  null: (_binder, node) => literalValue(node),
  interpolated: bindInterpolated,
  name: bindName,
  predefined: (binder, node) => ({ kind: 'type', type: binder.type(node.type), start: node.start }),
  member: (binder, node) => bindMember(binder, node),
  conditionalAccess: bindConditionalAccess,
  receiver: (binder) => binder.receivers.at(-1)!,
  invoke: bindInvoke,
  element: bindElement,
  unary: bindUnary,
  postfix: bindPostfix,
  binary: bindBinary,
  assign: bindAssign,
  conditional: bindConditional,
  cast: bindCast,
  as: bindAs,
  is: bindIs,
  typeof: bindTypeof,
  sizeof: bindSizeof,
  default: bindDefault,
  checked: bindChecked,
  parenthesized: bindParenthesized,
  new: bindNew,
  newArray: bindNewArray,
  newImplicitArray: bindImplicitArray,
  arrayInitializer: bindArrayInitializer,
  newAnonymous: bindAnonymous,
  lambda: bindLambda,
  query: bindQuery,
  tuple: bindTuple,
  throw: bindThrow,
  declaration: refuse('CS8185', 'A declaration is not allowed in this context.'),
  ref: refuse('CS1525', "Invalid expression term 'ref'"),
};
