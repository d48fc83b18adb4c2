import { Decimal } from '@isthmus/dotnet';
import { isValueType, nullableUnderlying, type NetType } from '../binding/net-type.js';
import { NetTuple, Pair } from './pair.js';

/** `default(T)` as a raw value. */
export function defaultValue(type: NetType): unknown {
  if (type.kind !== 'named' || !isValueType(type) || nullableUnderlying(type) !== undefined)
    return null;
  const { definition, args } = type;
  switch (definition.keyword) {
    case 'bool':
      return false;
    case 'long':
    case 'ulong':
      return 0n;
    case 'decimal':
      return Decimal.zero;
    case null:
      break;
    default:
      return 0;
  }
  if (definition.kind === 'enum') return 0;
  if (definition.fullName === 'System.Collections.Generic.KeyValuePair')
    return new Pair(defaultValue(args[0]!), defaultValue(args[1]!));
  if (definition.fullName === 'System.ValueTuple') return new NetTuple(args.map(defaultValue));
  return definition.facets.initial ?? null;
}
