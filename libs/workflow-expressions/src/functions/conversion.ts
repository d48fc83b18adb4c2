import { charsetOf, envelopeBytes, envelopeOf, envelopeText, isEnvelope } from '../envelope.js';
import { JsonTextError } from '../json/json-text-error.js';
import { parseJson } from '../json/read.js';
import { textOf } from '../text.js';
import type { WorkflowValue } from '../value.js';
import { countText } from '../work.js';
import { isNumber, onlyString, wrongKind } from './arguments.js';
import { toDouble } from './equality.js';
import { eager, failure, type WorkflowFunction } from './function.js';

const octetStream = 'application/octet-stream';

/** The failure of a conversion: the value has no counterpart in the target type. */
export function notConvertible(name: string): Error {
  return failure(
    name,
    'was invoked with a parameter that is not valid. The value cannot be converted to the target type.',
  );
}

function bool([value = null]: readonly WorkflowValue[]): boolean {
  if (typeof value === 'boolean') return value;
  if (isNumber(value)) return toDouble(value) !== 0;
  const text = typeof value === 'string' ? value.trim().toLowerCase() : '';
  if (text === 'true' || text === 'false') return text === 'true';
  throw notConvertible('bool');
}

/**
 * The bytes of base64 text: white space is ignored; the alphabet, length and padding must be right.
 * @throws WorkflowExpressionError naming the function otherwise
 */
function base64Bytes(name: string, text: string): Uint8Array {
  countText(text.length);
  const compact = text.replace(/[ \t\r\n]/g, '');
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) {
    throw failure(
      name,
      `was invoked with a parameter that is not valid. The value '${text}' cannot be decoded from base64 representation.`,
    );
  }
  return Buffer.from(compact, 'base64');
}

function base64([value = null]: readonly WorkflowValue[]): string {
  if (isEnvelope(value)) return value.$content;
  if (value === null) throw wrongKind('base64', undefined, 'a string or a binary content', value);
  return Buffer.from(textOf(value), 'utf8').toString('base64');
}

function base64ToString(name: string): WorkflowFunction {
  return eager(name, [1, 1], (args) =>
    Buffer.from(base64Bytes(name, onlyString(name, args))).toString('utf8'),
  );
}

function binary([value = null]: readonly WorkflowValue[]): WorkflowValue {
  if (value === null) throw wrongKind('binary', undefined, 'a string', value);
  return isEnvelope(value)
    ? envelopeOf(octetStream, envelopeBytes(value))
    : envelopeOf(octetStream, Buffer.from(textOf(value), 'utf8'));
}

/** The parts of `data:[type][;parameters][;base64],content`. */
interface DataUri {
  /** As written, without `;base64`; `text/plain` when none is given. */
  readonly contentType: string;
  readonly content: Uint8Array;
}

function dataUriOf(name: string, args: readonly WorkflowValue[]): DataUri {
  const text = onlyString(name, args);
  const match = /^data:([^,]*),([\s\S]*)$/i.exec(text);
  if (match === null)
    throw failure(
      name,
      `was invoked with a parameter that is not valid. The value '${text}' is not a data URI.`,
    );
  const [, header = '', content = ''] = match;
  const isBase64 = /;\s*base64\s*$/i.test(header);
  const type = header.replace(/;\s*base64\s*$/i, '');
  const contentType =
    type === '' ? 'text/plain' : type.startsWith(';') ? `text/plain${type}` : type;
  return {
    contentType,
    content: isBase64 ? base64Bytes(name, content) : Buffer.from(decodePercent(content), 'utf8'),
  };
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Data URIs read by their type: text as string, JSON as value, anything else as envelope. */
function decodeDataUri(args: readonly WorkflowValue[]): WorkflowValue {
  const { contentType, content } = dataUriOf('decodeDataUri', args);
  const mediaType = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  const envelope = envelopeOf(contentType, content);
  if (mediaType.startsWith('text/')) return envelopeText(envelope);
  if (mediaType === 'application/json' || mediaType.endsWith('+json')) {
    return jsonOf('decodeDataUri', envelopeText(envelope));
  }
  // The service adds the default character set of data URIs.
  return charsetOf(contentType) === undefined
    ? envelopeOf(`${contentType};charset=us-ascii`, content)
    : envelope;
}

function dataUri([value = null]: readonly WorkflowValue[]): string {
  if (isEnvelope(value)) return `data:${value['$content-type']};base64,${value.$content}`;
  if (value === null) throw wrongKind('dataUri', undefined, 'a string or a binary content', value);
  return `data:text/plain;charset=utf-8;base64,${Buffer.from(textOf(value), 'utf8').toString('base64')}`;
}

/** The value of JSON text, for a function of that name. */
export function jsonOf(name: string, text: string): WorkflowValue {
  countText(text.length);
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    throw failure(
      name,
      `parameter is not valid. The provided value '${text.slice(0, 1024)}' cannot be parsed: '${error.message}'.`,
    );
  }
}

/** Conversions between text, JSON, base64, binary content and data URIs. */
export const conversionFunctions: readonly WorkflowFunction[] = [
  eager('string', [1, 2], ([value = null]) => textOf(value)),
  eager('bool', [1, 1], bool),
  eager('base64', [1, 1], base64),
  eager('base64ToBinary', [1, 1], (args) => {
    const text = onlyString('base64ToBinary', args);
    base64Bytes('base64ToBinary', text);
    // The text stays as it is, blanks included.
    return { '$content-type': octetStream, $content: text };
  }),
  base64ToString('base64ToString'),
  base64ToString('decodeBase64'),
  eager('binary', [1, 1], binary),
  eager('dataUri', [1, 1], dataUri),
  eager('dataUriToBinary', [1, 1], (args) => {
    const { contentType, content } = dataUriOf('dataUriToBinary', args);
    return envelopeOf(contentType, content);
  }),
  eager('dataUriToString', [1, 1], (args) => {
    const { contentType, content } = dataUriOf('dataUriToString', args);
    return envelopeText(envelopeOf(contentType, content));
  }),
  eager('decodeDataUri', [1, 1], decodeDataUri),
];
