import type { Code } from '../compile/code.js';
import { NetTuple } from '../runtime/pair.js';
import type { Bound, BoundValue, Place } from './bound.js';
import { CompileError } from './problem.js';

/** The place of an assignable expression, or the compiler's complaint. */
export function requireWritable(target: Bound): Place {
  const place = target.kind === 'value' ? target.place : undefined;
  if (place === undefined)
    throw new CompileError(
      'CS0131',
      'The left-hand side of an assignment must be a variable, property or indexer',
      target.start,
    );
  if (place.readOnly !== undefined)
    throw new CompileError(place.readOnly.code, place.readOnly.message, target.start);
  return place;
}

/** Tuples are values: assigning one copies it. */
export function copied(value: BoundValue): Code {
  const code = value.emit();
  if (
    value.type.kind !== 'named' ||
    value.type.definition.fullName !== 'System.ValueTuple' ||
    value.place === undefined
  )
    return code;
  return (frame) => {
    const tuple = code(frame);
    return tuple instanceof NetTuple ? tuple.copy() : tuple;
  };
}
