import { envelopeText, isEnvelope } from './envelope.js';
import { writeJson, writeNumber } from './json/write.js';
import { isArray, isObject, type WorkflowValue } from './value.js';
import { countText } from './work.js';

/**
 * The text of a value as `string()`, `concat` and `@{ }` write it: null is empty, booleans are
 * `True` and `False`, numbers invariant, envelopes their content, other objects and arrays compact JSON.
 */
export function textOf(value: WorkflowValue): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (value === null) return '';
  if (!isArray(value) && !isObject(value)) return writeNumber(value);
  const text = isEnvelope(value) ? envelopeText(value) : writeJson(value);
  countText(text.length);
  return text;
}
