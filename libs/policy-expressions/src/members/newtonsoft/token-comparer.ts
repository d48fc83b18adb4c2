import {
  DateTime,
  Decimal,
  deepEquals,
  JConstructor,
  JObject,
  JProperty,
  JToken,
  JValue,
} from '@isthmus/dotnet';
import type { EqualityComparer } from '../../runtime/equality.js';
import { typeTable } from '../table.js';

/** Newtonsoft.Json.Linq.JTokenEqualityComparer: JToken.DeepEquals, with keys for dictionaries and sets. */
class TokenComparer implements EqualityComparer {
  equals(left: unknown, right: unknown): boolean {
    return deepEquals(left as JToken | null, right as JToken | null);
  }

  key(value: unknown): unknown {
    return value instanceof JToken ? keyOf(value) : value;
  }
}

/** The value of `JToken.EqualityComparer`. */
export const tokenComparer = new TokenComparer();

// The same text exactly for tokens that are deeply equal.
function keyOf(token: JToken): string {
  if (token instanceof JValue) return `${token.type}:${scalarKey(token)}`;
  if (token instanceof JProperty) return `${JSON.stringify(token.name)}:${keyOf(token.value)}`;
  const parts = token.children().map(keyOf);
  if (token instanceof JObject) return `{${parts.toSorted().join(',')}}`;
  const name = token instanceof JConstructor ? token.name : '';
  return `${name}[${parts.join(',')}]`;
}

function scalarKey(token: JValue): string {
  const { value } = token;
  if (value instanceof DateTime) return String(value.ticks);
  if (value instanceof Decimal) return value.toString().replace(/\.0*$|(\.\d*?)0+$/, '$1');
  return typeof value === 'number' ? String(value) : token.toJson('None');
}

// Neither type is on the list of usable types: values of them are only passed on.
export const tokenComparerTable = typeTable(
  'class Newtonsoft.Json.Linq.JTokenEqualityComparer : IEqualityComparer<JToken>',
  { instance: TokenComparer },
);

export const loadSettingsTable = typeTable('class Newtonsoft.Json.Linq.JsonLoadSettings', {});
