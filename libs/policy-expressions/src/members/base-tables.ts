import { certificateTables, randomNumbersTable } from './crypto/certificates.js';
import { byteExtensionsTable } from './crypto/byte-extensions.js';
import {
  hashAlgorithmNameTable,
  hashAlgorithmTable,
  hashTypeTables,
  streamTable,
} from './crypto/hash-algorithms.js';
import { hmacTables } from './crypto/hmacs.js';
import { rsaTables } from './crypto/rsa.js';
import { symmetricTables } from './crypto/symmetric.js';
import { adjustmentRuleTable, transitionTimeTable } from './dates/adjustment-rule.js';
import { dateTimeOffsetTable, dateTimeStylesTable } from './dates/date-time-offset.js';
import { dateTimeTable } from './dates/date-time.js';
import { dateTimeKindTable, dayOfWeekTable } from './dates/enums.js';
import { timeSpanTable } from './dates/time-span.js';
import { timeZoneInfoTable, timeZoneTable } from './dates/time-zone-info.js';
import { bitConverterTable } from './encoding/bit-converter.js';
import { encodingTable } from './encoding/encoding.js';
import { guidTable } from './guid.js';
import { base64FormattingOptionsTable, convertTable } from './numbers/convert.js';
import { decimalTable } from './numbers/decimal.js';
import { doubleTable, singleTable } from './numbers/floating.js';
import { formatProviderTable } from './numbers/format-provider.js';
import {
  byteTable,
  int16Table,
  int32Table,
  int64Table,
  sbyteTable,
  uint16Table,
  uint32Table,
  uint64Table,
} from './numbers/integers.js';
import { randomTable } from './random.js';
import {
  captureCollectionTable,
  captureTable,
  groupCollectionTable,
  groupTable,
  matchCollectionTable,
  matchTable,
} from './regex/match.js';
import { matchEvaluatorTable, regexOptionsTable, regexTable } from './regex/regex.js';
import type { TypeTable } from './table.js';
import { addressFamilyTable, ipAddressTable } from './uri/ip-address.js';
import { uriHostNameTypeTable, uriKindTable, uriPartialTable, uriTable } from './uri/uri.js';
import { webUtilityTable } from './uri/web-utility.js';

/** Dates, numbers' formatting, text encodings, regular expressions, URIs, cryptography. */
export const baseTables: readonly TypeTable[] = [
  formatProviderTable,
  sbyteTable,
  byteTable,
  int16Table,
  uint16Table,
  int32Table,
  uint32Table,
  int64Table,
  uint64Table,
  singleTable,
  doubleTable,
  decimalTable,
  convertTable,
  base64FormattingOptionsTable,
  bitConverterTable,
  dayOfWeekTable,
  dateTimeKindTable,
  dateTimeStylesTable,
  dateTimeTable,
  dateTimeOffsetTable,
  timeSpanTable,
  timeZoneInfoTable,
  adjustmentRuleTable,
  transitionTimeTable,
  timeZoneTable,
  guidTable,
  randomTable,
  regexOptionsTable,
  matchEvaluatorTable,
  regexTable,
  captureTable,
  groupTable,
  matchTable,
  captureCollectionTable,
  groupCollectionTable,
  matchCollectionTable,
  uriKindTable,
  uriPartialTable,
  uriHostNameTypeTable,
  uriTable,
  webUtilityTable,
  addressFamilyTable,
  ipAddressTable,
  encodingTable,
  streamTable,
  hashAlgorithmTable,
  ...hashTypeTables,
  hashAlgorithmNameTable,
  ...hmacTables,
  ...symmetricTables,
  byteExtensionsTable,
  ...rsaTables,
  ...certificateTables,
  randomNumbersTable,
];
