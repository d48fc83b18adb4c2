import { formatException } from '../dotnet-error.js';
import { invariantCulture } from '../culture/culture.js';
import { DateTimeStyles } from '../dates/date-styles.js';
import type { DateTimeOffset } from '../dates/date-time-offset.js';
import { DateTime } from '../dates/date-time.js';
import { parseDateTime, parseDateTimeOffset } from '../dates/parse-date-time.js';
import type { TimeSpan } from '../dates/time-span.js';
import { Guid } from '../guid/guid.js';
import type { Decimal } from '../numbers/decimal.js';
import { NumberStyles } from '../numbers/number-styles.js';
import type { NumericType } from '../numbers/numeric-type.js';
import { parseNumber } from '../numbers/parse-number.js';
import { parseDuration } from './duration.js';

const {
  AllowLeadingSign,
  AllowLeadingWhite,
  AllowTrailingWhite,
  AllowDecimalPoint,
  AllowExponent,
} = NumberStyles;
const whole = AllowLeadingSign | AllowLeadingWhite | AllowTrailingWhite;
const styles: Record<string, number> = {
  decimal: whole | AllowDecimalPoint,
  double: whole | AllowDecimalPoint | AllowExponent,
  float: whole | AllowDecimalPoint | AllowExponent,
};

/** What an element's or attribute's text can be cast to; raw values. */
export type XmlConverted =
  | boolean
  | number
  | bigint
  | Decimal
  | DateTime
  | DateTimeOffset
  | TimeSpan
  | Guid;

/** `(int)element` and its kin: XmlConvert on the text; `target` is the C# name of the type. */
export function convertXmlText(text: string, target: string): XmlConverted {
  switch (target) {
    case 'bool':
      return toBoolean(text.toLowerCase());
    case 'DateTime':
      return parseDateTime(text, {
        culture: invariantCulture,
        styles: DateTimeStyles.RoundtripKind,
        now: DateTime.unixEpoch,
      });
    case 'DateTimeOffset':
      // XmlConvert takes the forms of XML Schema alone.
      if (!/^\s*(?:\d{4}(?:-|\s*$)|\d\d:\d\d:|--)/.test(text))
        throw formatException(`The string '${text}' is not a valid AllXsd value.`);
      return parseDateTimeOffset(text.trim(), {
        culture: invariantCulture,
        now: DateTime.unixEpoch,
      });
    case 'TimeSpan':
      return parseDuration(text);
    case 'Guid':
      return Guid.parse(text);
    default:
      return toNumber(text, target as NumericType);
  }
}

function toBoolean(text: string): boolean {
  const word = text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
  if (word === '1' || word === 'true') return true;
  if (word === '0' || word === 'false') return false;
  throw formatException(`The string '${text}' is not a valid Boolean value.`);
}

function toNumber(text: string, type: NumericType): number | bigint | Decimal {
  const trimmed = text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
  if (type === 'double' || type === 'float') {
    if (trimmed === 'INF') return Number.POSITIVE_INFINITY;
    if (trimmed === '-INF') return Number.NEGATIVE_INFINITY;
  }
  const unsigned = type === 'uint' || type === 'ulong';
  const whites = AllowLeadingWhite | AllowTrailingWhite;
  return parseNumber(type, type in styles ? trimmed : text, {
    styles: styles[type] ?? (unsigned ? whites : whole),
  });
}
