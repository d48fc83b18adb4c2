import type { ExpressionNode, FunctionNode } from './syntax/tree.js';

/** A call of a function that reads something named in the definition. */
export interface Reference {
  /** What is named. */
  readonly kind: 'action' | 'result' | 'item' | 'iteration' | 'variable' | 'parameter';
  /** The function, in lower case. */
  readonly function: string;
  /** The name when it is a literal string; undefined when it is computed or missing. */
  readonly name: string | undefined;
  /** The argument when it is a literal that is no string (number, boolean, null): never a name. */
  readonly isBadLiteral: boolean;
  readonly hasArgument: boolean;
}

const referenceKinds: ReadonlyMap<string, Reference['kind']> = new Map<string, Reference['kind']>([
  ['body', 'action'],
  ['actionbody', 'action'],
  ['outputs', 'action'],
  ['actionoutputs', 'action'],
  ['actions', 'action'],
  ['formdatavalue', 'action'],
  ['formdatamultivalues', 'action'],
  ['multipartbody', 'action'],
  ['result', 'result'],
  ['items', 'item'],
  ['iterationindexes', 'iteration'],
  ['variables', 'variable'],
  ['parameters', 'parameter'],
]);

function referenceOf(node: FunctionNode): Reference | undefined {
  const name = node.name.toLowerCase();
  const kind = referenceKinds.get(name);
  if (kind === undefined) return undefined;
  const first = node.arguments[0];
  const value = first?.kind === 'literal' ? first.value : undefined;
  return {
    kind,
    function: name,
    name: typeof value === 'string' ? value : undefined,
    isBadLiteral: value !== undefined && typeof value !== 'string',
    hasArgument: first !== undefined,
  };
}

/** What the functions of an expression do to the names of a definition. */
export interface ExpressionUse {
  readonly references: Reference[];
  /** Names of all functions in lower case. */
  readonly functions: Set<string>;
}

/** Adds what an expression reads to `use`. */
export function collectUse(node: ExpressionNode, use: ExpressionUse): void {
  if (node.kind === 'literal') return;
  use.functions.add(node.name.toLowerCase());
  const reference = referenceOf(node);
  if (reference !== undefined) use.references.push(reference);
  for (const argument of node.arguments) collectUse(argument, use);
  for (const { key } of node.dereferences) collectUse(key, use);
}
