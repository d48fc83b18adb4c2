import { DotNetError } from '../dotnet-error.js';
import { quotedFragment } from './condition.js';
import type { LiquidContext } from './context.js';
import type { Filter } from './filter.js';
import { listFilters } from './list-filters.js';
import { syntaxError } from './liquid-error.js';
import { numberFilters } from './number-filters.js';
import { textFilters } from './text-filters.js';
import { Hash, listOf, textOf, Unfit, type LiquidValue } from './value.js';
import { ListHash } from './bind.js';

const filters = new Map<string, Filter>(
  [textFilters, numberFilters, listFilters].flatMap((table) => Object.entries(table)),
);

/** The names of all filters. */
export function filterNames(): string[] {
  return [...filters.keys()].toSorted();
}

interface FilterCall {
  readonly name: string;
  readonly args: readonly string[];
}

/** An output or the right side of an assignment: a value and filters. */
export interface Variable {
  readonly name: string | undefined;
  readonly calls: readonly FilterCall[];
}

const fragment = new RegExp(`\\s*(${quotedFragment})([^]*)`);
const filterParser = new RegExp(`(?:\\||(?:\\s*(?!(?:\\|))(?:${quotedFragment}|\\S+)\\s*)+)`, 'g');
const filterName = /\s*(\w+)/;
const filterArgument = new RegExp(`(?::|,)\\s*(${quotedFragment})`, 'g');

/** Parses `name | Filter: a, b | …`. */
export function parseVariable(markup: string): Variable {
  const match = fragment.exec(markup);
  if (!match) return { name: undefined, calls: [] };
  const rest = /\|\s*([^]*)/.exec(match[2]!);
  const calls: FilterCall[] = [];
  for (const piece of rest ? (rest[1]!.match(filterParser) ?? []) : []) {
    const name = filterName.exec(piece)?.[1];
    if (piece.trim() === '|' || name === undefined) continue;
    const args = [...piece.matchAll(filterArgument)].map((found) => found[1]!);
    calls.push({ name, args });
  }
  return { name: match[1], calls };
}

/** The value of a variable after its filters. */
export function valueOf(variable: Variable, context: LiquidContext): LiquidValue {
  if (variable.name === undefined) return null;
  let value = context.resolve(variable.name);
  for (const { name, args } of variable.calls) {
    context.step();
    value = applyFilter(
      name,
      value,
      args.map((arg) => context.resolve(arg)),
      context,
    );
  }
  return value;
}

// An unknown filter is passed over.
function applyFilter(
  name: string,
  input: LiquidValue,
  args: readonly LiquidValue[],
  context: LiquidContext,
): LiquidValue {
  const found = filters.get(name);
  if (!found) return input;
  if (args.length > found.parameters.length)
    throw new DotNetError(
      'System.Reflection.TargetParameterCountException',
      'Parameter count mismatch.',
    );
  const missing = found.parameters.slice(args.length).find((parameter) => !parameter.optional);
  if (missing)
    throw syntaxError(
      `Error - Filter '${name}' does not have a default value for '${missing.name}' and no value was supplied`,
    );
  const result = found.apply(input instanceof ListHash ? input.items : input, args, context);
  if (typeof result === 'string') context.wrote(result.length);
  return result;
}

/** What an output writes: lists without separators, booleans in lower case. */
export function outputText(value: LiquidValue): string {
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (value instanceof Unfit)
    throw syntaxError(
      `Object '${value.text}' is invalid because it is neither a built-in type nor implements ILiquidizable`,
    );
  const items = value instanceof Hash || Array.isArray(value) ? listOf(value) : undefined;
  return items ? items.map(textOf).join('') : textOf(value);
}
