import { argumentException, DotNetError } from '../dotnet-error.js';
import { Regex } from '../regex/regex.js';
import { toLowerInvariant, toUpperInvariant } from '../text/casing.js';
import { trimText } from '../text/trim-split.js';
import { htmlEncode, urlDecode, urlEncode } from '../uri/web-utility.js';
import { fromBase64 } from '../encoding/base64.js';
import { asText, toInt } from './convert.js';
import type { LiquidContext } from './context.js';
import { filter, type Filter } from './filter.js';
import { Int, listOf, textOf, type LiquidValue } from './value.js';

const blank = (text: string | null): boolean => text === null || trimText(text) === '';

// A filter of text alone: nil stays nil.
function onText(change: (text: string) => string): Filter {
  return filter([], (input) => {
    const text = asText(input);
    return text === null ? null : change(text);
  });
}

/** TextInfo.ToTitleCase: words in capitals stay as they are. */
function titleCase(text: string): string {
  return text.replace(/\p{L}[\p{L}\p{M}\p{N}']*/gu, (word) => {
    if (word.length > 1 && word === toUpperInvariant(word) && /\p{Lu}/u.test(word)) return word;
    const first = String.fromCodePoint(word.codePointAt(0)!);
    return toUpperInvariant(first) + toLowerInvariant(word.slice(first.length));
  });
}

const markup = /<script[^]*?<\/script>|<style[^]*?<\/style>|<!--[^]*?-->|<[^]*?>/gi;

function escapeOnce(text: string): string {
  const forms: Record<string, string> = {
    '"': '&quot;',
    '>': '&gt;',
    '<': '&lt;',
    "'": '&#39;',
    '&': '&amp;',
  };
  return text.replace(/["><']|&(?!(?:[a-zA-Z]+|#\d+);)/g, (char) => forms[char]!);
}

function truncate(input: LiquidValue, args: readonly (LiquidValue | undefined)[]): LiquidValue {
  const text = asText(input);
  const length = args[0] === undefined ? 50 : toInt(args[0]);
  const tail = args[1] === undefined ? '...' : (asText(args[1]) ?? '');
  if (text === null || text === '' || text.length <= length) return text;
  return text.slice(0, Math.max(length - tail.length, 0)) + tail;
}

function truncateWords(
  input: LiquidValue,
  args: readonly (LiquidValue | undefined)[],
): LiquidValue {
  const text = asText(input);
  if (text === null || text === '') return text;
  const count = args[0] === undefined ? 15 : Math.max(toInt(args[0]), 0);
  const tail = args[1] === undefined ? '...' : (asText(args[1]) ?? '');
  const words = text.split(' ');
  return words.length > count ? words.slice(0, count).join(' ') + tail : text;
}

function split(input: LiquidValue, args: readonly (LiquidValue | undefined)[]): LiquidValue {
  const text = asText(input);
  if (text === null || blank(text)) return [text];
  const pattern = asText(args[0] ?? null);
  const parts = pattern === null || pattern === '' ? text.split('') : text.split(pattern);
  return parts.filter((part) => part !== '');
}

function replace(
  input: LiquidValue,
  args: readonly (LiquidValue | undefined)[],
  context: LiquidContext,
): LiquidValue {
  const [text, pattern] = [asText(input), asText(args[0] ?? null)];
  if (!text || !pattern) return text;
  // Later syntax levels, asked for by `param`, take the pattern as text.
  if (context.registers.get('syntax') === 'later')
    return text.replaceAll(pattern, () => asText(args[1] ?? '') ?? '');
  return new Regex(pattern).replace(text, asText(args[1] ?? '') ?? '');
}

// Only the first match; the replacement is taken as it is.
function replaceFirst(text: string | null, pattern: string | null, by: string): LiquidValue {
  if (!text || !pattern) return text;
  const match = new Regex(pattern).match(text);
  if (!match.success) return text;
  return text.slice(0, match.index) + by + text.slice(match.index + match.length);
}

function remove(input: LiquidValue, args: readonly (LiquidValue | undefined)[]): LiquidValue {
  const [text, part] = [asText(input), asText(args[0] ?? null)];
  if (text === null || blank(text)) return text;
  if (part === '') throw argumentException('The value cannot be an empty string.', 'oldValue');
  return part === null ? text : text.replaceAll(part, '');
}

function base64Decode(text: string): string {
  try {
    return Buffer.from(fromBase64(text)).toString('utf8');
  } catch (error) {
    if (error instanceof DotNetError)
      throw argumentException('Invalid base64 provided to Base64Decode');
    throw error;
  }
}

function size(input: LiquidValue): LiquidValue {
  if (typeof input === 'string') return new Int(input.length);
  return new Int(listOf(input)?.length ?? 0);
}

const escape = onText((text) => (text === '' ? text : htmlEncode(text)));

/** Filters of text. */
export const textFilters: Readonly<Record<string, Filter>> = {
  Size: filter([], size),
  Upcase: onText(toUpperInvariant),
  Downcase: onText(toLowerInvariant),
  Capitalize: onText((text) => (blank(text) ? text : titleCase(text))),
  Escape: escape,
  H: escape,
  EscapeOnce: onText(escapeOnce),
  UrlEncode: onText(urlEncode),
  UrlDecode: onText(urlDecode),
  Strip: onText((text) => trimText(text)),
  Lstrip: onText((text) => trimText(text, null, 'start')),
  Rstrip: onText((text) => trimText(text, null, 'end')),
  StripHtml: onText((text) => (blank(text) ? text : text.replace(markup, ''))),
  StripNewlines: onText((text) => text.replace(/\r?\n/g, '')),
  NewlineToBr: onText((text) => text.replace(/(\r?\n)/g, '<br />$1')),
  Truncate: filter(['length?', 'truncateString?'], truncate),
  TruncateWords: filter(['words?', 'truncateString?'], truncateWords),
  Truncatewords: filter(['words?', 'truncateString?'], truncateWords),
  Split: filter(['pattern'], split),
  Replace: filter(['string', 'replacement?'], replace),
  ReplaceFirst: filter(['string', 'replacement?'], (input, args) =>
    replaceFirst(asText(input), asText(args[0] ?? null), asText(args[1] ?? '') ?? ''),
  ),
  Remove: filter(['string'], remove),
  RemoveFirst: filter(['string'], (input, args) =>
    replaceFirst(asText(input), asText(args[0] ?? null), ''),
  ),
  Append: filter(['string'], (input, args) => {
    const text = asText(input);
    return (text ?? '') + textOf(args[0] ?? null);
  }),
  Prepend: filter(['string'], (input, args) => {
    const text = asText(input);
    return textOf(args[0] ?? null) + (text ?? '');
  }),
  Default: filter(['defaultValue'], (input, args) => {
    const text = asText(input);
    return blank(text) ? (args[0] ?? null) : text;
  }),
  Base64Encode: onText((text) => Buffer.from(text, 'utf8').toString('base64')),
  Base64Decode: onText(base64Decode),
  Base64UrlSafeEncode: onText((text) =>
    Buffer.from(text, 'utf8').toString('base64').replaceAll('+', '-').replaceAll('/', '_'),
  ),
  Base64UrlSafeDecode: onText((text) =>
    base64Decode(text.replaceAll('-', '+').replaceAll('_', '/')),
  ),
};
