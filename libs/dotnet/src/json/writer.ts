import { withinResources } from '../within-resources.js';
import { DateTimeOffset } from '../dates/date-time-offset.js';
import { DateTime } from '../dates/date-time.js';
import { Decimal } from '../numbers/decimal.js';
import { Uri } from '../uri/uri.js';
import { jsonDate } from './date-text.js';
import type { JConstructor } from './j-constructor.js';
import type { JProperty } from './j-property.js';
import type { JToken } from './j-token.js';
import type { Formatting } from './j-token-type.js';
import type { JValue } from './j-value.js';
import type { JScalar } from './scalar.js';
import { valueText } from './value-text.js';
import { jsonDecimal, jsonFloat } from './number-text.js';
import { escapeJsonString, type StringEscapeHandling } from './string-text.js';
import { countText, countWork } from '../work-meter.js';

/** What JsonTextWriter can be told. */
export interface WriteOptions {
  readonly escape?: StringEscapeHandling;
  /** DateFormatHandling.MicrosoftDateFormat: `\/Date(…)\/`. */
  readonly microsoftDates?: boolean;
}

/** JSON text of a tree as JsonTextWriter writes it; line ends are LF, the indent two blanks. */
export function writeToken(
  token: JToken,
  formatting: Formatting,
  options: WriteOptions = {},
): string {
  const out: string[] = [];
  const newline = formatting === 'Indented' ? '\n' : null;
  return withinResources(() => {
    writeAny(token, newline, { out, options });
    return out.join('');
  });
}

interface Target {
  readonly out: string[];
  readonly options: WriteOptions;
}

// `newline` is the line break with the current indent; null writes on one line.
function writeAny(token: JToken, newline: string | null, target: Target): void {
  const { out } = target;
  countWork(1);
  switch (token.type) {
    case 'Object':
      writeList(token, ['{', '}'], newline, target);
      break;
    case 'Array':
      writeList(token, ['[', ']'], newline, target);
      break;
    case 'Constructor':
      writeList(token, [`new ${(token as JConstructor).name ?? ''}(`, ')'], newline, target);
      break;
    case 'Property': {
      const property = token as JProperty;
      out.push('"', escapeJsonString(property.name, '"', target.options.escape), '":');
      if (newline !== null) out.push(' ');
      writeAny(property.value, newline, target);
      break;
    }
    case 'None':
    case 'Comment':
    case 'Integer':
    case 'Float':
    case 'String':
    case 'Boolean':
    case 'Null':
    case 'Undefined':
    case 'Date':
    case 'Raw':
    case 'Bytes':
    case 'Guid':
    case 'Uri':
    case 'TimeSpan':
      out.push(scalarJson(token as JValue, target.options));
      break;
  }
}

function writeList(
  token: JToken,
  [open, close]: readonly [string, string],
  newline: string | null,
  target: Target,
): void {
  const { out } = target;
  const children = token.children();
  out.push(open);
  const inner = newline === null ? null : `${newline}  `;
  let first = true;
  for (const child of children) {
    // A comment needs no comma before it.
    if (!first && child.type !== 'Comment') out.push(',');
    if (inner !== null) out.push(inner);
    writeAny(child, inner, target);
    first = false;
  }
  if (newline !== null && (children.length > 0 || token.type === 'Constructor')) out.push(newline);
  out.push(close);
}

function scalarJson(token: JValue, options: WriteOptions): string {
  const { value } = token;
  if (token.type === 'Comment') return `/*${valueText(token)}*/`;
  if (token.type === 'Undefined') return 'undefined';
  if (token.type === 'Raw') return valueText(token);
  if (value === null) return 'null';
  if (typeof value === 'string') return quoted(value, options);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number')
    return jsonFloat(value, token.clrType === 'float' ? 'float' : 'double');
  return objectJson(value, options);
}

function objectJson(
  value: Exclude<JScalar, string | boolean | bigint | number | null>,
  options: WriteOptions,
): string {
  if (value instanceof Decimal) return jsonDecimal(value);
  if (value instanceof DateTime || value instanceof DateTimeOffset)
    return options.microsoftDates ? microsoftDate(value) : `"${jsonDate(value)}"`;
  if (value instanceof Uint8Array) return `"${Buffer.from(value).toString('base64')}"`;
  if (value instanceof Uri) return quoted(value.originalString, options);
  return quoted(value.toString(), options);
}

function quoted(text: string, options: WriteOptions): string {
  countText(text.length);
  return `"${escapeJsonString(text, '"', options.escape)}"`;
}

function microsoftDate(value: DateTime | DateTimeOffset): string {
  const ticks = value instanceof DateTimeOffset ? value.utcTicks : value.ticks;
  const milliseconds = (ticks - DateTime.unixEpoch.ticks) / 10_000n;
  const local = value instanceof DateTimeOffset || value.kind !== 'Utc';
  const zone = local ? jsonDate(value).slice(-6).replace(':', '') : '';
  return `"\\/Date(${milliseconds}${/^[+-]\d{4}$/.test(zone) ? zone : local ? '+0000' : ''})\\/"`;
}
