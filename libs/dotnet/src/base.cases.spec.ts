import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import * as net from './index.js';

/** One case: `call` names an adapter below, `with` its arguments, `expect` the text of the result or `error` a type. */
interface Case {
  readonly name: string;
  readonly call: string;
  readonly with: readonly unknown[];
  readonly expect?: unknown;
  readonly error?: string;
}

const folder = dirname(fileURLToPath(import.meta.url));
const areas = ['numbers', 'dates', 'guid', 'text', 'regex', 'uri', 'encoding', 'crypto', 'random'];
const now = net.DateTime.of({ year: 2026, month: 3, day: 4 });

const culture = (name: unknown): net.Culture => {
  const found = net.cultureOf(typeof name === 'string' ? name : '');
  if (!found) throw new Error('unknown culture');
  return found;
};
const text = (value: unknown): string => String(value);
const optional = (value: unknown): string | null =>
  value === undefined || value === null ? null : text(value);

function numeric(type: unknown, value: unknown): net.NumericValue {
  if (type === 'decimal') return net.Decimal.fromLiteral(text(value));
  if (type === 'long' || type === 'ulong') return BigInt(text(value));
  return Number(value);
}
const numericText = (type: net.NumericType, value: net.NumericValue): string =>
  net.numberToText(type, value);
const decimal = (value: unknown): net.Decimal => net.Decimal.fromLiteral(text(value));
const bytes = (value: unknown): Uint8Array => Buffer.from(text(value), 'utf8');
const hex = (value: Uint8Array): string => Buffer.from(value).toString('hex');
const zeros = (count: number): Uint8Array => new Uint8Array(count);

/** `2026-02-03T04:05:06Z`-like text to a value, for formatting. */
const moment = (value: unknown): net.DateTime =>
  net.parseDateTime(text(value), {
    culture: net.invariantCulture,
    now,
    styles: net.DateTimeStyles.RoundtripKind,
  });
const roundTrip = (value: net.DateTime): string =>
  net.formatDateTime(value, 'o', net.invariantCulture);
const offsetText = (value: net.DateTimeOffset): string =>
  net.formatDateTimeOffset(value, 'o', net.invariantCulture);
const groupsOf = (match: net.Match): string =>
  match.groups.map((group) => (group.success ? `${group.index}:${group.value}` : '~')).join('|');

type Adapter = (...args: never[]) => unknown;
const adapters: Record<string, Adapter> = {
  formatNumber: (type: net.NumericType, value: unknown, format: unknown, name: unknown) =>
    net.formatNumber(type, numeric(type, value), optional(format), culture(name)),
  parseNumber: (type: net.NumericType, value: unknown, name: unknown) =>
    numericText(type, net.parseNumber(type, text(value), { culture: culture(name) })),
  convert: (from: net.ConvertType, to: net.ConvertType, value: unknown) => {
    const raw =
      from === 'string' || from === 'bool'
        ? value
        : from === 'DateTime'
          ? moment(value)
          : numeric(from, value);
    return String(net.convertValue(from, to, raw, now));
  },
  decimal: (
    left: unknown,
    operation: 'add' | 'subtract' | 'multiply' | 'divide' | 'remainder',
    right: unknown,
  ) => decimal(left)[operation](decimal(right)).toString(),
  roundDecimal: (value: unknown, digits: number, mode: net.MidpointRounding) =>
    decimal(value).round(digits, mode).toString(),
  decimalOfDouble: (value: number) => net.Decimal.fromDouble(value).toString(),
  formatDate: (value: unknown, format: unknown, name: unknown) =>
    net.formatDateTime(moment(value), optional(format), culture(name)),
  formatOffset: (value: unknown, format: unknown) =>
    net.formatDateTimeOffset(
      net.parseDateTimeOffset(text(value), { culture: net.invariantCulture, now }),
      optional(format),
      net.invariantCulture,
    ),
  parseDate: (value: unknown, name: unknown) =>
    roundTrip(net.parseDateTime(text(value), { culture: culture(name), now })),
  parseOffset: (value: unknown) =>
    offsetText(net.parseDateTimeOffset(text(value), { culture: net.invariantCulture, now })),
  parseDateExact: (value: unknown, format: unknown, name: unknown) =>
    roundTrip(net.parseExactDateTime(text(value), text(format), { culture: culture(name), now })),
  addMonths: (value: unknown, count: number) => roundTrip(moment(value).addMonths(count)),
  formatSpan: (ticks: unknown, format: unknown) =>
    net.formatTimeSpan(
      new net.TimeSpan(BigInt(text(ticks))),
      optional(format),
      net.invariantCulture,
    ),
  parseSpan: (value: unknown) => net.parseTimeSpan(text(value)).toString(),
  parseSpanExact: (value: unknown, format: unknown) =>
    net.parseExactTimeSpan(text(value), text(format)).toString(),
  fromUtc: (value: unknown, zone: string) =>
    roundTrip(net.convertTimeFromUtc(moment(value), net.TimeZone.find(zone))),
  toUtc: (value: unknown, zone: string) =>
    roundTrip(net.convertTimeToUtc(moment(value), net.TimeZone.find(zone))),
  zoneFact: (zone: string, property: 'supportsDaylightSavingTime' | 'baseUtcOffset' | 'id') =>
    String(net.TimeZone.find(zone)[property]),
  guid: (value: unknown, format: unknown) => net.Guid.parse(text(value)).toString(optional(format)),
  guidBytes: (value: unknown) => hex(net.Guid.parse(text(value)).toByteArray()),
  compare: (left: string | null, right: string | null, comparison: net.StringComparison) =>
    net.compareText(left, right, comparison),
  indexOf: (value: string, part: string, comparison: net.StringComparison) =>
    net.indexOfText(value, part, comparison),
  lastIndexOf: (value: string, part: string, comparison: net.StringComparison) =>
    net.lastIndexOfText(value, part, comparison),
  startsWith: (value: string, part: string, comparison: net.StringComparison) =>
    net.startsWithText(value, part, comparison),
  upper: net.toUpperInvariant as Adapter,
  lower: net.toLowerInvariant as Adapter,
  trim: (value: string, chars: unknown, side: net.TrimSide) =>
    net.trimText(value, optional(chars), side ?? 'both'),
  split: (value: string, marks: string[], options: net.SplitOptions) =>
    net.splitText(value, marks, options).join('|'),
  composite: (format: string, args: unknown[]) =>
    net.formatComposite(format, args, (value, hole) =>
      hole === null ? text(value) : `${text(value)}<${hole}>`,
    ),
  match: (pattern: string, value: string, options: number, steps: number) =>
    groupsOf(new net.Regex(pattern, options ?? 0, net.regexStepLimit(steps)).match(value)),
  matches: (pattern: string, value: string, options: number) =>
    [...new net.Regex(pattern, options ?? 0).matches(value)]
      .map((match) => `${match.index}:${match.value}`)
      .join('|'),
  captures: (pattern: string, value: string, group: string) =>
    new net.Regex(pattern)
      .match(value)
      .group(group)
      .captures.map((capture) => capture.value)
      .join('|'),
  replace: (pattern: string, value: string, replacement: string, options: number) =>
    new net.Regex(pattern, options ?? 0).replace(value, replacement),
  splitBy: (pattern: string, value: string, count: number) =>
    new net.Regex(pattern).split(value, count ?? 0).join('|'),
  unescapeRegex: net.unescapeRegex as Adapter,
  escapeRegex: net.escapeRegex as Adapter,
  uri: (value: string, property: 'absoluteUri') => {
    const uri = net.Uri.parse(value);
    return property === undefined ? uri.toString() : String(uri[property]);
  },
  combine: (base: string, relative: string) =>
    net.Uri.combine(net.Uri.parse(base), relative).toString(),
  relative: (from: string, to: string) =>
    net.Uri.parse(from).makeRelative(net.Uri.parse(to)).toString(),
  escapeData: net.escapeDataString as Adapter,
  escapeUri: net.escapeUriString as Adapter,
  unescapeData: net.unescapeDataString as Adapter,
  urlEncode: net.urlEncode as Adapter,
  urlDecode: net.urlDecode as Adapter,
  htmlEncode: net.htmlEncode as Adapter,
  htmlDecode: net.htmlDecode as Adapter,
  address: (value: string) => net.IpAddress.parse(value).toString(),
  encode: (name: string | number, value: string) => hex(net.encodingOf(name).getBytes(value)),
  decode: (name: string | number, value: string) =>
    net.encodingOf(name).getString(Buffer.from(value, 'hex')),
  fromBase64: (value: string) => hex(net.fromBase64(value)),
  bitText: (value: string) => net.hexText(bytes(value)),
  bits: (type: net.BitType, value: number) =>
    hex(net.bytesOf(type, type === 'long' ? BigInt(value) : value)),
  hash: (name: net.HashName, value: string) => hex(net.hashBytes(name, bytes(value))),
  hmac: (name: net.HashName, key: string, value: string) =>
    hex(net.hmacBytes(name, bytes(key), bytes(value))),
  cipher: (
    name: string,
    settings: { key: string; iv: string; mode?: net.CipherMode; padding?: net.PaddingMode },
    value: string,
  ) => {
    const algorithm = net.createSymmetricAlgorithm(name, zeros);
    if (!algorithm) return 'unknown';
    algorithm.key = Buffer.from(settings.key, 'hex');
    algorithm.iv = Buffer.from(settings.iv, 'hex');
    if (settings.mode) algorithm.mode = settings.mode;
    if (settings.padding) algorithm.padding = settings.padding;
    const encrypted = algorithm.encrypt(bytes(value));
    const back = Buffer.from(algorithm.decrypt(encrypted)).toString('utf8');
    return `${hex(encrypted)} ${back.replace(/\0+$/, '')}`;
  },
  random: (seed: number, count: number) => {
    const random = net.NetRandom.fromSeed(seed);
    return Array.from({ length: count }, () => random.next()).join(' ');
  },
  randomBetween: (seed: number, min: number, max: number) =>
    net.NetRandom.fromSeed(seed).nextBetween(min, max),
};

/** The result as text, or the type of the .NET exception. */
function outcomeOf(run: () => unknown): string {
  try {
    return text(run());
  } catch (error) {
    if (error instanceof net.DotNetError) return `throws ${error.typeName}`;
    throw error;
  }
}

for (const area of areas) {
  const files = readdirSync(join(folder, area)).filter((file) => file.endsWith('.cases.yaml'));
  for (const file of files) {
    describe(`${area}/${file}`, () => {
      const cases = parse(readFileSync(join(folder, area, file), 'utf8')) as Case[];
      it.each(cases.map((one) => [one.name, one] as const))('%s', (_name, one) => {
        const adapter = adapters[one.call];
        if (!adapter) throw new Error(`no adapter ${one.call}`);
        const outcome = outcomeOf(() => adapter(...(one.with as never[])));
        const wanted = one.error === undefined ? text(one.expect) : `throws ${one.error}`;
        expect(outcome).toBe(wanted);
      });
    });
  }
}
