import { completion, type Action, type Code, type Frame } from '../compile/code.js';
import { emitFunction } from '../compile/functions.js';
import type { Ref } from '../runtime/ref.js';
import { sequence } from '../runtime/sequence.js';
import type { LocalFunctionNode } from '../syntax/tree.js';
import type { Binder } from './binder.js';
import { stepsOf, type BoundStatement } from './bound-statement.js';
import type { BoundValue } from './bound.js';
import { named } from './catalogue.js';
import { findYield } from './find-yield.js';
import { noType, typeParameter, voidType, type NetType, type TypeParameter } from './net-type.js';
import { CompileError } from './problem.js';
import { FunctionScope, LocalFunctionSymbol, LocalSymbol, type Scope } from './symbols.js';
import type { Parameter } from './type-definition.js';

/** Makes a local function known to its block before anything is bound. */
export function declareLocalFunction(binder: Binder, node: LocalFunctionNode): void {
  const typeParameters = node.typeParameters.map((name) => typeParameter(name));
  for (const { parameter, texts } of node.constraints) {
    const found = typeParameters.find((p) => p.name === parameter);
    if (found !== undefined)
      found.constraints = texts.filter((t) => t === 'class' || t === 'struct' || t === 'new');
  }
  const shape = binder.within((scope) => {
    for (const p of typeParameters) scope.types.set(p.name, p);
    return {
      returns: binder.type(node.returns),
      parameters: node.parameters.map((p) => parameterOf(binder, p)),
      typeParameters,
    };
  });
  const variable = new LocalSymbol(node.name, named('object'), binder.owner, 'local');
  variable.captured = true;
  binder.declarations.declare(
    node.name,
    new LocalFunctionSymbol(node.name, node, variable, shape),
    node.start,
  );
}

function parameterOf(binder: Binder, node: LocalFunctionNode['parameters'][number]): Parameter {
  const type = binder.type(node.type!);
  const initial =
    node.initial === null ? undefined : constantOf(binder.convert(binder.bind(node.initial), type));
  return { name: node.name, type, mode: node.mode, optional: node.initial !== null, initial };
}

function constantOf(value: BoundValue): unknown {
  if (value.constant !== undefined) return value.constant.value;
  return undefined;
}

/** Binds the body where the function stands; gives the code that fills its variable when the block is entered. */
export function bindLocalFunction(binder: Binder, node: LocalFunctionNode): () => Action {
  const symbol = binder.scope.symbols.get(node.name);
  if (!(symbol instanceof LocalFunctionSymbol)) throw new Error('local function was not declared');
  if (symbol.typeParameters.length > 0) return bindGeneric(binder, symbol);
  const make = bindBody(binder, symbol, new Map());
  return () => fill(symbol.variable, make());
}

function fill(variable: LocalSymbol, code: Code): Action {
  return (frame) => {
    (frame.slots[variable.slot] as Ref).value = code(frame);
    return completion.next;
  };
}

/** A generic local function is bound once for each set of type arguments that is used. */
function bindGeneric(binder: Binder, symbol: LocalFunctionSymbol): () => Action {
  const { scope } = binder;
  const made: { readonly variable: LocalSymbol; readonly make: () => Code }[] = [];
  const known = new Map<string, LocalSymbol>();
  const instantiate = (types: readonly NetType[]): BoundValue => {
    const key = types.map((t) => t.key).join(',');
    let variable = known.get(key);
    if (variable === undefined) {
      variable = new LocalSymbol(`${symbol.name}<${key}>`, named('object'), scope.owner, 'local');
      variable.captured = true;
      scope.symbols.set(variable.name, variable);
      known.set(key, variable);
      const map = new Map(symbol.typeParameters.map((p, i) => [p, types[i]!] as const));
      const before = binder.scope;
      binder.scope = scope;
      try {
        made.push({ variable, make: bindBody(binder, symbol, map) });
      } finally {
        binder.scope = before;
      }
    }
    return binder.declarations.read(variable, symbol.node.start);
  };
  symbol.instantiate = instantiate;
  return () => {
    const fillers = made.map(({ variable, make }) => fill(variable, make()));
    return (frame) => {
      for (const run of fillers) run(frame);
      return completion.next;
    };
  };
}

function declareParameters(
  binder: Binder,
  node: LocalFunctionNode,
  types: readonly NetType[],
): { parameters: LocalSymbol[]; byReference: Set<LocalSymbol> } {
  const byReference = new Set<LocalSymbol>();
  const parameters = node.parameters.map((p, i) => {
    const local = new LocalSymbol(p.name, types[i]!, binder.owner, 'parameter');
    if (p.mode === 'ref' || p.mode === 'out') {
      local.captured = true;
      byReference.add(local);
    }
    binder.declarations.declare(p.name, local, p.start);
    return local;
  });
  return { parameters, byReference };
}

function bindBody(
  binder: Binder,
  symbol: LocalFunctionSymbol,
  map: ReadonlyMap<TypeParameter, NetType>,
): () => Code {
  const { node } = symbol;
  const outer: Scope = binder.scope;
  const types = binder.within((scope) => {
    for (const p of symbol.typeParameters) scope.types.set(p.name, map.get(p) ?? p);
    return {
      returns: binder.type(node.returns),
      parameters: node.parameters.map((p) => binder.type(p.type!)),
    };
  });
  const owner = new FunctionScope(outer.owner, types.returns);
  owner.isNamed = true;
  return binder.jumps.inFunction(() =>
    binder.within(
      (own) => {
        for (const p of symbol.typeParameters) own.types.set(p.name, map.get(p) ?? p);
        const { parameters, byReference } = declareParameters(binder, node, types.parameters);
        const facts = { owner, parameters, scope: own, byReference };
        if (node.body.kind !== 'block') {
          const { body } = node;
          const bound =
            types.returns === voidType
              ? binder.value(body)
              : binder.convert(binder.bind(body), types.returns);
          if (types.returns === voidType && bound.type === noType && bound.literal !== 'throw')
            throw new CompileError(
              'CS0201',
              'Only assignment, call, increment, decrement, and new object expressions can be used as a statement',
              body.start,
            );
          return () => emitFunction({ ...facts, value: () => bound.emit(), block: null });
        }
        const isIterator = findYield(node.body);
        if (isIterator) owner.iterator = iteratorItem(types.returns, node);
        const block = binder.statement(node.body);
        if (!isIterator && types.returns !== voidType && block.endsReachable)
          throw new CompileError(
            'CS0161',
            `'${node.name}': not all code paths return a value`,
            node.start,
          );
        return () =>
          emitFunction({
            ...facts,
            value: isIterator ? () => iterator(block) : null,
            block: isIterator ? null : block.emit,
          });
      },
      owner,
      outer,
    ),
  );
}

function iteratorItem(returns: NetType, node: LocalFunctionNode): NetType {
  if (returns.kind === 'named' && returns.definition.name === 'IEnumerable')
    return returns.args[0] ?? named('object');
  throw new CompileError(
    'CS1624',
    `The body of '${node.name}' cannot be an iterator block because its return type is not an iterator interface type`,
    node.start,
  );
}

function iterator(block: BoundStatement): Code {
  const steps = stepsOf(block);
  return (frame: Frame) => {
    const { slots } = frame;
    return sequence(() => steps({ ...frame, runtime: frame.runtime, slots: [...slots] }));
  };
}
