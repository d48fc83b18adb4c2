import { Decimal } from '../numbers/decimal.js';
import { JValue } from './j-value.js';
import type { TextCursor } from './text-cursor.js';

/** Whether floats become double (the default) or decimal. */
export type FloatParseHandling = 'Double' | 'Decimal';

const numberChar = /[-+0-9a-fA-FxX.]/;
const numberEnd = /[\s,}\])/]/;
const doubleForm = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const maxIntegerLength = 380;

/**
 * Reads a number as JsonTextReader does: `0x` is hexadecimal, a leading zero octal, whole
 * numbers of any size are integers, everything else is a double.
 */
export function readNumber(cursor: TextCursor, floats: FloatParseHandling): JValue {
  const start = cursor.at;
  while (!cursor.ended && numberChar.test(cursor.char)) cursor.at++;
  if (!cursor.ended && !numberEnd.test(cursor.char))
    throw cursor.error(`Unexpected character encountered while parsing number: ${cursor.char}`);
  const text = cursor.text.slice(start, cursor.at);
  const value = parse(text, floats, cursor);
  if (value) return value;
  throw cursor.error(`Input string '${text}' is not a valid number`);
}

function parse(text: string, floats: FloatParseHandling, cursor: TextCursor): JValue | undefined {
  if (/^0[^.eE]/.test(text)) return basedInteger(text);
  if (/^-?\d+$/.test(text)) {
    if (text.length > maxIntegerLength)
      throw cursor.error(`JSON integer ${text} is too large to parse`);
    return JValue.integer(BigInt(text));
  }
  if (!doubleForm.test(text)) return undefined;
  if (floats === 'Decimal') return new JValue(Decimal.fromLiteral(text), 'Float', 'decimal');
  return JValue.float(Number(text));
}

// Convert.ToInt64(text, 16 or 8): 64 bits in two's complement.
function basedInteger(text: string): JValue | undefined {
  const hexadecimal = /^0x[0-9a-f]+$/i.test(text);
  if (!hexadecimal && !/^[0-7]+$/.test(text)) return undefined;
  const value = BigInt(hexadecimal ? text : `0o${text}`);
  return value >= 1n << 64n ? undefined : JValue.integer(BigInt.asIntN(64, value));
}
