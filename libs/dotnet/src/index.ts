// numbers, dates, text, regular expressions, URIs, cryptography
export * from './dotnet-error.js';
export { countWork, setWorkMeter, withinWork, WorkError, type WorkMeter } from './work-meter.js';
export { Decimal, type MidpointRounding } from './numbers/decimal.js';
export { NumberStyles } from './numbers/number-styles.js';
export {
  integerRanges,
  type IntegerType,
  type NumericType,
  type NumericValue,
} from './numbers/numeric-type.js';
export { formatNumber, numberToText } from './numbers/format-number.js';
export { parseNumber, tryParseNumber, type ParseNumberOptions } from './numbers/parse-number.js';
export { cultureOf, invariantCulture, type Culture } from './culture/culture.js';
export type { NumberFormat } from './culture/number-format.js';
export type { DateFormat } from './culture/date-format.js';
export { TimeSpan } from './dates/time-span.js';
export {
  DateTime,
  MAX_DATE_TICKS,
  UNIX_EPOCH_TICKS,
  type DateParts,
  type DateTimeKind,
} from './dates/date-time.js';
export { DateTimeOffset } from './dates/date-time-offset.js';
export { DateTimeStyles } from './dates/date-styles.js';
export type { ParseDateOptions } from './dates/date-result.js';
export { dateTimeToText, formatDateTime, formatDateTimeOffset } from './dates/format-date-time.js';
export {
  orUndefined,
  parseDateTime,
  parseDateTimeOffset,
  parseExactDateTime,
  parseExactDateTimeOffset,
} from './dates/parse-date-time.js';
export { formatTimeSpan } from './dates/format-time-span.js';
export { parseExactTimeSpan, parseTimeSpan } from './dates/parse-time-span.js';
export {
  convertOffsetTime,
  convertTime,
  convertTimeFromUtc,
  convertTimeToUtc,
  TimeZone,
} from './dates/time-zone.js';
export { Guid, type GuidFormat } from './guid/guid.js';
export {
  lowerCodePoint,
  toLowerInvariant,
  toUpperInvariant,
  toUpperOrdinal,
  upperCodePoint,
} from './text/casing.js';
export {
  compareOrdinal,
  compareText,
  endsWithText,
  equalsText,
  indexOfText,
  lastIndexOfText,
  startsWithText,
  type SearchRange,
  type StringComparison,
} from './text/compare.js';
export { splitText, trimText, type SplitOptions, type TrimSide } from './text/trim-split.js';
export { formatComposite, type CompositePart } from './text/composite-format.js';
export {
  escapeDataString,
  escapeUriString,
  percentByte,
  unescapeDataString,
} from './uri/percent.js';
export { checkHostName, type HostNameType } from './uri/host.js';
export { IpAddress } from './uri/ip-address.js';
export { Uri, type UriKind, type UriPartial } from './uri/uri.js';
export {
  htmlDecode,
  htmlEncode,
  urlDecode,
  urlDecodeBytes,
  urlEncode,
  urlEncodeBytes,
} from './uri/web-utility.js';
export { Encoding, encodingOf } from './encoding/encoding.js';
export { documentText } from './encoding/document-text.js';
export { fromBase64, toBase64 } from './encoding/base64.js';
export { bytesOf, fromBytes, hexText, type BitType } from './encoding/bit-converter.js';
export { Regex, regexStepLimit, type StepCounter } from './regex/regex.js';
export { Capture, Group, Match } from './regex/match.js';
export { RegexOptions } from './regex/regex-options.js';
export { escapeRegex, unescapeRegex } from './regex/regex-text.js';
export {
  bytesPart,
  createHashAlgorithm,
  createHmacAlgorithm,
  hashBytes,
  HashAlgorithm,
  Hmac,
  hmacBytes,
  hmacKeyLength,
  HmacMd5,
  HmacSha1,
  HmacSha256,
  HmacSha384,
  HmacSha512,
  Md5,
  Sha1,
  Sha1Managed,
  Sha256,
  Sha256Managed,
  Sha384,
  Sha384Managed,
  Sha512,
  Sha512Managed,
  type HashName,
} from './crypto/hash-algorithm.js';
export type { PaddingMode } from './crypto/block-padding.js';
export {
  Aes,
  AesManaged,
  createSymmetricAlgorithm,
  CryptoTransform,
  Rijndael,
  RijndaelManaged,
  SymmetricAlgorithm,
  TripleDes,
  type CipherMode,
  type RandomBytes,
} from './crypto/symmetric-algorithm.js';
export {
  hashNameOf,
  Rsa,
  type EncryptionPadding,
  type RsaParameters,
  type SignaturePadding,
} from './crypto/rsa.js';
export { rsaOfXml, rsaXml, type RsaFormat } from './crypto/rsa-formats.js';
export { Oid } from './crypto/oid.js';
export { DistinguishedName } from './crypto/distinguished-name.js';
export { Certificate, type NameType, type PublicKey } from './crypto/certificate.js';
export { NetRandom } from './random/random.js';
export {
  charFromText,
  convertValue,
  integerFromBase,
  integerToBase,
  roundHalfEven,
  type ConvertType,
} from './numbers/convert.js';
export { AdjustmentRule, adjustmentRulesOf, TransitionTime } from './dates/adjustment-rule.js';
// end of numbers, dates, …
// JSON as Newtonsoft.Json 13
export type { Formatting, JTokenType } from './json/j-token-type.js';
export { jTokenTypes } from './json/j-token-type.js';
export { JToken } from './json/j-token.js';
export { JContainer } from './json/j-container.js';
export { JObject } from './json/j-object.js';
export { JArray } from './json/j-array.js';
export { JProperty } from './json/j-property.js';
export { JConstructor } from './json/j-constructor.js';
export { JRaw, JValue } from './json/j-value.js';
export { type JScalar, type ScalarShape } from './json/scalar.js';
export {
  parseArray,
  parseConstructor,
  parseObject,
  parseToken,
  type ParseOptions,
} from './json/parse.js';
export { type WriteOptions } from './json/writer.js';
export { JsonReader, type JsonReaderOptions, type JsonToken } from './json/json-reader.js';
// end of JSON
// XML as System.Xml.Linq
export { XName, XNamespace } from './xml/x-name.js';
export { XObject, type SaveOptions, type XmlNodeType } from './xml/x-object.js';
export { compareDocumentOrder, XNode } from './xml/x-node.js';
export { XContainer } from './xml/x-container.js';
export { XElement } from './xml/x-element.js';
export { XDocument } from './xml/x-document.js';
export { XAttribute } from './xml/x-attribute.js';
export {
  XCData,
  XComment,
  XDeclaration,
  XDocumentType,
  XProcessingInstruction,
  XText,
} from './xml/x-leaves.js';
export { parseDocument, parseElement, type ParseTreeOptions } from './xml/parse-tree.js';
export { deepEqualsNodes } from './xml/deep-equals.js';
export { convertXmlText, type XmlConverted } from './xml/explicit-conversion.js';
export { encodeLocalName } from './xml/chars.js';
// end of XML
// JSON web tokens as Microsoft.IdentityModel
export { readJwt, type Jwt } from './jwt/jwt.js';
export { JwtError, type JwtFailure } from './jwt/jwt-error.js';
export type { JsonWebKey } from './jwt/json-web-key.js';
export { validateToken, type TokenValidation } from './jwt/validate-token.js';
// end of JSON web tokens
// JSON: conversions, queries, comparison
export { convertToken, type Converted } from './json/explicit-conversion.js';
export { selectToken, selectTokens, type MatchRegex } from './json/json-path.js';
export { deepEquals } from './json/deep-equals.js';
export { detectDate, detectDateOffset } from './json/date-text.js';
export { merge, type MergeSettings } from './json/merge.js';
// end of JSON: conversions
// XML Schema
export {
  compileSchemas,
  type CompiledSchemas,
  type SchemaProblem,
  type SchemaSource,
} from './xsd/compile-schemas.js';
// end of XML Schema
// XPath
export { TreeNode, type TreeNodeKind } from './xml-tree/tree-node.js';
export { buildTree, type BuildOptions } from './xml-tree/build-tree.js';
export { outerXml } from './xml-tree/outer-xml.js';
export { queryXml, queryXPath } from './xpath/query.js';
export { isNodeSet, navigatorNumber, type XPathValue } from './xpath/xpath-value.js';
// end of XPath
// JSON from XML and back
export { jsonOfTree, jsonOfXml } from './json-xml/json-of-xml.js';
export { treeOfJson, xmlOfJson } from './json-xml/xml-of-json.js';
// end of JSON from XML
// Liquid as DotLiquid
export {
  compileLiquid,
  type LiquidFlavour,
  type LiquidInput,
  type LiquidTemplate,
} from './liquid/liquid.js';
export { LiquidLimitError } from './liquid/liquid-error.js';
export { filterNames as liquidFilterNames } from './liquid/variable.js';
// end of Liquid
// XSLT
export {
  compileXslt,
  defaultXsltLimits,
  transformXslt,
  type CompiledXslt,
  type XsltLimits,
  type XsltResult,
} from './xslt/transform.js';
// end of XSLT
