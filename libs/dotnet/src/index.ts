// numbers, dates, text, regular expressions, URIs, cryptography
export * from './dotnet-error.js';
export { Decimal, type MidpointRounding } from './numbers/decimal.js';
export { TimeSpan } from './dates/time-span.js';
export {
  DateTime,
  MAX_DATE_TICKS,
  UNIX_EPOCH_TICKS,
  type DateParts,
  type DateTimeKind,
} from './dates/date-time.js';
export { DateTimeOffset } from './dates/date-time-offset.js';
export { Guid, type GuidFormat } from './guid/guid.js';
// end of numbers, dates, …
