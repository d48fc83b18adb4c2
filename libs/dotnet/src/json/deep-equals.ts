import { JContainer } from './j-container.js';
import { JConstructor } from './j-constructor.js';
import { JObject } from './j-object.js';
import { JProperty } from './j-property.js';
import type { JToken } from './j-token.js';
import { JValue } from './j-value.js';
import { countWork } from '../work-meter.js';

/** JToken.DeepEquals: same types and values; the order of an object's properties is no matter. */
export function deepEquals(a: JToken | null, b: JToken | null): boolean {
  countWork(1);
  if (a === b) return true;
  if (a === null || b === null) return false;
  if (a instanceof JValue) return a.equals(b);
  if (a instanceof JObject) return b instanceof JObject && equalObjects(a, b);
  if (a instanceof JProperty)
    return b instanceof JProperty && a.name === b.name && deepEquals(a.value, b.value);
  if (a instanceof JConstructor && !(b instanceof JConstructor && a.name === b.name)) return false;
  if (!(a instanceof JContainer) || a.type !== b.type) return false;
  const [first, second] = [a.children(), b.children()];
  return first.length === second.length && first.every((item, i) => deepEquals(item, second[i]!));
}

function equalObjects(a: JObject, b: JObject): boolean {
  if (a.count !== b.count) return false;
  return a.properties().every((property) => {
    const other = b.property(property.name);
    return other !== null && deepEquals(property.value, other.value);
  });
}
