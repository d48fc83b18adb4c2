import { argumentNull } from '@isthmus/dotnet';
import { typeName, type NetType } from '../binding/net-type.js';
import type { Applicable } from '../binding/overloads.js';
import { tagArray } from '../runtime/runtime-type.js';
import type { Site } from '../runtime/runtime.js';
import { NetSequence } from '../runtime/sequence.js';
import { defaultValue } from '../runtime/default-value.js';
import { nullReference } from './casts.js';
import type { RuntimeState } from '../runtime/runtime-state.js';
import type { Code } from './code.js';

type Invoke = (...args: unknown[]) => unknown;

/** A call with chosen method; `args` in the order written, converted to their parameters' types. */
export interface Invocation {
  readonly chosen: Applicable;
  /** The receiver of an instance or extension method. */
  readonly target: Code | null;
  readonly args: readonly Code[];
  readonly start: number;
}

/** What tags a result with its static type: arrays and lazy sequences do not know theirs. */
export function tagResult(type: NetType): ((value: unknown) => unknown) | null {
  if (type.kind === 'array')
    return typeName(type) === 'byte[]' ? null : (value) => tagArray(value as unknown[], type);
  if (
    type.kind === 'named' &&
    (type.definition.kind === 'interface' || type.definition.keyword === 'object')
  ) {
    return (value) => {
      if (value instanceof NetSequence) value.netType ??= type;
      return value;
    };
  }
  return null;
}

/** The code of a call of a table's method. */
export function emitInvocation(invocation: Invocation): Code {
  const { chosen, target, start } = invocation;
  const { method } = chosen;
  const isInstance = target !== null && !method.isExtension;
  const all =
    method.isExtension && target !== null ? [target, ...invocation.args] : invocation.args;
  const args = arrange(
    chosen,
    all.map((code, i) => guardDelegate(chosen, i, code)),
  );
  const site: Site = {
    typeArguments: chosen.typeArguments,
    owner: chosen.owner,
    returns: chosen.returns,
  };
  const call = method.implementation as Invoke;
  const code = isInstance
    ? instanceCall({ call, site, start }, notNull(target, chosen, start), args)
    : staticCall({ call, site, start }, args);
  const counted = countResult(chosen.returns, code);
  const tag = tagResult(chosen.returns);
  return tag === null ? counted : (frame) => tag(counted(frame));
}

/** Long texts and arrays that a member makes, and texts that it reads, cost by their length. */
function weigh(value: unknown, runtime: RuntimeState): void {
  if (typeof value === 'string' || value instanceof Uint8Array) {
    if (value.length > 1024) runtime.step(value.length >> 6);
  } else if (Array.isArray(value) && value.length > 1024) runtime.step(value.length >> 3);
}

/** The call, its result weighed where it may be long. */
function countResult(returns: NetType, code: Code): Code {
  const name = typeName(returns);
  if (returns.kind !== 'array' && name !== 'string' && name !== 'object') return code;
  return (frame) => {
    const value = code(frame);
    weigh(value, frame.runtime);
    return value;
  };
}

interface CallFacts {
  readonly call: Invoke;
  readonly site: Site;
  readonly start: number;
}

/** Members that take a delegate refuse null: ArgumentNullException names the parameter. */
function guardDelegate(chosen: Applicable, argument: number, code: Code): Code {
  const parameter = chosen.parameters[chosen.mapping[argument]!]!;
  if (parameter.type.kind !== 'named' || parameter.type.definition.kind !== 'delegate') return code;
  return (frame) => {
    const value = code(frame);
    if (value === null || value === undefined) throw argumentNull(parameter.name);
    return value;
  };
}

/** The receiver, refused when null; Nullable<T> alone has members of its null. */
function notNull(target: Code, chosen: Applicable, start: number): Code {
  if (chosen.owner.kind === 'named' && chosen.owner.definition.fullName === 'System.Nullable')
    return target;
  return (frame) => {
    const value = target(frame);
    if (value === null || value === undefined) {
      frame.runtime.at = start;
      throw nullReference();
    }
    // Work on long text grows with it.
    if (typeof value === 'string' && value.length > 1024) frame.runtime.step(value.length >> 6);
    return value;
  };
}

function instanceCall({ call, site, start }: CallFacts, self: Code, args: readonly Code[]): Code {
  const [a, b] = args;
  if (a === undefined) {
    return (frame) => {
      const value = self(frame);
      frame.runtime.at = start;
      return call(value, frame.runtime, site);
    };
  }
  if (b === undefined) {
    return (frame) => {
      const value = self(frame);
      const x = a(frame);
      frame.runtime.at = start;
      return call(value, x, frame.runtime, site);
    };
  }
  if (args.length === 2) {
    return (frame) => {
      const value = self(frame);
      const x = a(frame);
      const y = b(frame);
      frame.runtime.at = start;
      return call(value, x, y, frame.runtime, site);
    };
  }
  return (frame) => {
    const values = [self(frame)];
    for (const arg of args) values.push(arg(frame));
    frame.runtime.at = start;
    return call(...values, frame.runtime, site);
  };
}

function staticCall({ call, site, start }: CallFacts, args: readonly Code[]): Code {
  const [a, b] = args;
  if (a === undefined) {
    return (frame) => {
      frame.runtime.at = start;
      return call(frame.runtime, site);
    };
  }
  if (b === undefined) {
    return (frame) => {
      const x = a(frame);
      frame.runtime.at = start;
      if (typeof x === 'string') weigh(x, frame.runtime);
      return call(x, frame.runtime, site);
    };
  }
  if (args.length === 2) {
    return (frame) => {
      const x = a(frame);
      const y = b(frame);
      frame.runtime.at = start;
      if (typeof x === 'string') weigh(x, frame.runtime);
      return call(x, y, frame.runtime, site);
    };
  }
  return (frame) => {
    const values: unknown[] = [];
    for (const arg of args) values.push(arg(frame));
    frame.runtime.at = start;
    return call(...values, frame.runtime, site);
  };
}

/** Arguments in the order of the parameters: defaults filled in, `params` packed, evaluation in the order written. */
export function arrange(chosen: Applicable, args: readonly Code[]): readonly Code[] {
  const { parameters, mapping, expanded } = chosen;
  const ordered = mapping.every((p, i) => p === i) && mapping.length === parameters.length;
  if (ordered && !expanded) return args;
  const inOrder = mapping.every((p, i) => i === 0 || p >= mapping[i - 1]!);
  if (!inOrder) return arrangeByTemporaries(chosen, args);
  return parameters.map((parameter, p): Code => {
    if (expanded && parameter.mode === 'params')
      return pack(
        parameter.type,
        args.filter((_, i) => mapping[i] === p),
      );
    const index = mapping.indexOf(p);
    return index >= 0 ? args[index]! : omitted(parameter);
  });
}

function omitted(parameter: Applicable['parameters'][number]): Code {
  const value = parameter.initial === undefined ? defaultValue(parameter.type) : parameter.initial;
  return () => value;
}

function pack(type: NetType, items: readonly Code[]): Code {
  if (typeName(type) === 'byte[]')
    return (frame) => Uint8Array.from(items.map((code) => code(frame) as number));
  return (frame) => {
    const values = items.map((code) => code(frame));
    return tagArray(values, type);
  };
}

/** Named arguments out of order: all are evaluated as written before the first is passed on. */
function arrangeByTemporaries(chosen: Applicable, args: readonly Code[]): readonly Code[] {
  let values: unknown[] = [];
  return chosen.parameters.map((parameter, p): Code => {
    const index = chosen.mapping.indexOf(p);
    const read: Code = index >= 0 ? () => values[index] : omitted(parameter);
    if (p > 0) return read;
    return (frame) => {
      values = args.map((code) => code(frame));
      return read(frame);
    };
  });
}
