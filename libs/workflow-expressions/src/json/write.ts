import { WorkflowExpressionError } from '../error.js';
import {
  Float,
  hasOwnOrder,
  isArray,
  isObject,
  namesOf,
  type WorkflowNumber,
  type WorkflowObject,
  type WorkflowValue,
} from '../value.js';

/** Values nested deeper than this are refused instead of exhausting the stack. */
const maximumDepth = 2048;

/** Shortest round-trip digits as .NET writes them: exponents from 1E+17 up and from 1E-05 down. */
function floatText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const size = Math.abs(value);
  if (size >= 1e-4 && size < 1e17) return String(value);
  const [digits = '', exponentText = '0'] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  return `${digits}E${exponent < 0 ? '-' : '+'}${Math.abs(exponent).toString().padStart(2, '0')}`;
}

/** A number as text by itself: `1.0` is written `1`, decimals keep their places. */
export function writeNumber(value: WorkflowNumber): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : floatText(value);
  return value instanceof Float ? floatText(value.value) : value.toString();
}

/** A number inside JSON: floats and decimals keep at least one place, so that they stay what they are. */
function jsonNumber(value: WorkflowNumber): string {
  const text = writeNumber(value);
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value)))
    return text;
  if (/^-?\d+$/.test(text)) return `${text}.0`;
  return /^-?[\d.E+-]+$/.test(text) ? text : `"${text}"`;
}

// All but what JSON escapes, what Newtonsoft escapes beside it, and halves of surrogate pairs.
const plain = /^[ !#-[\]-\u0084\u0086-\u2027\u202a-\ud7ff\ue000-\uffff]*$/;
const lineBreaks = /[\u0085\u2028\u2029]/g;

function jsonString(text: string): string {
  if (plain.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(
    lineBreaks,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function writeObject(object: WorkflowObject, depth: number): string {
  let text = '';
  for (const name of namesOf(object)) {
    const value = object[name];
    if (value === undefined) continue;
    text += `${text === '' ? '' : ','}${jsonString(name)}:${write(value, depth + 1)}`;
  }
  return `{${text}}`;
}

function write(value: WorkflowValue, depth: number): string {
  if (depth > maximumDepth) {
    throw new WorkflowExpressionError(`The value is nested deeper than ${maximumDepth} levels.`);
  }
  if (typeof value === 'string') return jsonString(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (value === null) return 'null';
  if (isArray(value)) return `[${value.map((item) => write(item, depth + 1)).join(',')}]`;
  return isObject(value) ? writeObject(value, depth) : jsonNumber(value);
}

/** Compact JSON text: `1.0` stays `1.0`, integers keep all digits, members keep their order. */
export function writeJson(value: WorkflowValue): string {
  return write(value, 0);
}

/** Whether `JSON.stringify` writes a value so that it is read back as the same value. */
function isPlain(value: WorkflowValue, depth: number): boolean {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true;
  if (typeof value === 'object') return isPlainContainer(value, depth);
  if (typeof value !== 'number') return false;
  if (Number.isInteger(value)) return !Object.is(value, -0);
  return Math.abs(value) >= 1e-4 && Math.abs(value) < 1e17;
}

function isPlainContainer(value: object, depth: number): boolean {
  // Deeper values are for the writer that refuses them.
  if (depth > maximumDepth) return false;
  if (Array.isArray(value)) {
    for (const item of value as WorkflowValue[]) if (!isPlain(item, depth + 1)) return false;
    return true;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype || hasOwnOrder(value)) return false;
  for (const name in value) {
    const member = (value as Record<string, WorkflowValue | undefined>)[name];
    if (member !== undefined && !isPlain(member, depth + 1)) return false;
  }
  return true;
}

/**
 * JSON text that `parseJson` reads back as the same value, for those who keep values: what
 * {@link writeJson} writes, but for the escapes and exponents that only Newtonsoft's writer has.
 */
export function storedJson(value: WorkflowValue): string {
  return isPlain(value, 0) ? JSON.stringify(value) : writeJson(value);
}
