import { completion, type Action } from '../compile/code.js';
import type { DeclarationNode, Expression } from '../syntax/tree.js';
import { filledArray } from './bind-arrays.js';
import { copied, requireWritable } from './places.js';
import type { Binder } from './binder.js';
import type { BoundStatement } from './bound-statement.js';
import { isVar } from './bind-type.js';
import type { BoundValue } from './bound.js';
import { noType, nullType, typeName, voidType, type NetType } from './net-type.js';
import { CompileError } from './problem.js';
import type { LocalKind } from './symbols.js';

/** A declaration of local variables or constants. */
export function bindLocal(
  binder: Binder,
  node: DeclarationNode,
  kind: LocalKind = 'local',
): BoundStatement {
  const inferred = isVar(binder, node.type);
  if (inferred && node.variables.length > 1)
    throw new CompileError(
      'CS0819',
      'Implicitly-typed variables cannot have multiple declarators',
      node.start,
    );
  if (inferred && node.isConst)
    throw new CompileError('CS0822', 'Implicitly-typed variables cannot be constant', node.start);
  const declared = inferred ? null : binder.type(node.type);
  if (declared === voidType)
    throw new CompileError('CS1547', "Keyword 'void' cannot be used in this context", node.start);
  if (declared?.kind === 'named' && declared.definition.kind === 'static')
    throw new CompileError(
      'CS0723',
      `Cannot declare a variable of static type '${typeName(declared)}'`,
      node.start,
    );
  const actions = node.variables.map((v) => {
    if (node.isConst) return constant(binder, { variable: v, type: declared!, start: node.start });
    return variable(binder, { variable: v, declared, kind });
  });
  return {
    start: node.start,
    endsReachable: true,
    emit: () => sequenceOf(actions.map((a) => a())),
  };
}

function sequenceOf(actions: readonly Action[]): Action {
  const [only] = actions;
  if (actions.length === 1 && only !== undefined) return only;
  return (frame) => {
    for (const action of actions) action(frame);
    return completion.next;
  };
}

type Variable = DeclarationNode['variables'][number];

function constant(
  binder: Binder,
  use: { variable: Variable; type: NetType; start: number },
): () => Action {
  const { variable: v, type } = use;
  if (v.initial === null)
    throw new CompileError('CS0145', 'A const field requires a value to be provided', v.start);
  if (v.initial.kind === 'interpolated')
    throw new CompileError(
      'CS8370',
      "Feature 'constant interpolated strings' is not available in C# 7.3. Please use language version 10.0 or greater.",
      v.start,
    );
  const value = binder.convert(binder.bind(v.initial), type);
  if (value.constant === undefined)
    throw new CompileError(
      'CS0133',
      `The expression being assigned to '${v.name}' must be constant`,
      v.start,
    );
  const symbol = binder.declarations.local(v.name, type, 'const', v.start);
  symbol.constant = value.constant;
  return () => () => completion.next;
}

function variable(
  binder: Binder,
  use: { variable: Variable; declared: NetType | null; kind: LocalKind },
): () => Action {
  const { variable: v, declared, kind } = use;
  if (v.initial === null) {
    if (declared === null)
      throw new CompileError('CS0818', 'Implicitly-typed variables must be initialized', v.start);
    binder.declarations.local(v.name, declared, kind, v.start);
    return () => () => completion.next;
  }
  if (v.initial.kind === 'ref') return reference(binder, { variable: v, declared, kind });
  if (declared !== null && !(v.initial.kind === 'arrayInitializer')) {
    // The variable is in scope in its own initialiser (assigning there is an error of flow analysis).
    const symbol = binder.declarations.local(v.name, declared, kind, v.start);
    const value = binder.convert(literalHint(binder, v.initial, declared), declared);
    const place = binder.declarations.read(symbol, v.start).place!;
    return () => storeAction(place.store(copied(value)));
  }
  const value = initialValue(binder, v.initial, declared);
  const symbol = binder.declarations.local(v.name, value.type, kind, v.start);
  const place = binder.declarations.read(symbol, v.start).place!;
  return () => storeAction(place.store(copied(value)));
}

/** `ref int y = ref x;`: another name for a variable; its slot holds the reference. */
function reference(
  binder: Binder,
  use: { variable: Variable; declared: NetType | null; kind: LocalKind },
): () => Action {
  const { variable: v, declared, kind } = use;
  const target = binder.value(v.initial?.kind === 'ref' ? v.initial.value : v.initial!);
  const place = requireWritable(target);
  if (!place.isVariable)
    throw new CompileError('CS1510', 'A ref or out value must be an assignable variable', v.start);
  if (declared !== null && declared !== target.type)
    throw new CompileError(
      'CS8173',
      `The expression must be of type '${typeName(declared)}' because it is being assigned by reference`,
      v.start,
    );
  const symbol = binder.declarations.local(v.name, target.type, kind, v.start);
  symbol.captured = true;
  return () => {
    const refer = place.reference();
    return (frame) => {
      frame.slots[symbol.slot] = refer(frame);
      return completion.next;
    };
  };
}

function literalHint(
  binder: Binder,
  node: Expression,
  declared: NetType,
): ReturnType<Binder['bind']> {
  const bound = binder.bind(node);
  const target = typeName(declared);
  if (
    node.kind === 'number' &&
    node.number === 'double' &&
    (target === 'float' || target === 'decimal')
  ) {
    throw new CompileError(
      'CS0664',
      `Literal of type double cannot be implicitly converted to type '${target}'; use an '${target === 'float' ? 'F' : 'M'}' suffix to create a literal of this type`,
      node.start,
    );
  }
  return bound;
}

function initialValue(binder: Binder, node: Expression, declared: NetType | null): BoundValue {
  if (node.kind === 'arrayInitializer') {
    if (declared === null)
      throw new CompileError(
        'CS0820',
        'Cannot initialize an implicitly-typed variable with an array initializer',
        node.start,
      );
    if (declared.kind !== 'array')
      throw new CompileError(
        'CS0622',
        'Can only use array initializer expressions to assign to array types. Try using a new expression instead.',
        node.start,
      );
    return filledArray(binder, declared, node);
  }
  const bound = binder.bind(node);
  if (bound.kind === 'lambda' || bound.kind === 'methods') {
    throw new CompileError(
      'CS8370',
      "Feature 'inferred delegate type' is not available in C# 7.3. Please use language version 10.0 or greater.",
      node.start,
    );
  }
  const value = binder.asValue(bound);
  if (value.type === nullType || value.type === voidType)
    throw new CompileError(
      'CS0815',
      `Cannot assign ${typeName(value.type)} to an implicitly-typed variable`,
      node.start,
    );
  if (value.literal === 'default')
    throw new CompileError(
      'CS8716',
      'There is no target type for the default literal.',
      node.start,
    );
  if (value.type === noType)
    throw new CompileError(
      'CS0815',
      'Cannot assign the expression to an implicitly-typed variable',
      node.start,
    );
  return value;
}

function storeAction(code: ReturnType<BoundValue['emit']>): Action {
  return (frame) => {
    frame.runtime.step();
    code(frame);
    return completion.next;
  };
}
