const HEX_PAIR = /^[0-9a-fA-F]{2}$/;
const UNRESERVED = /[A-Za-z0-9\-_.~]/;

/** `%XX` with upper-case digits. */
export const percentByte = (byte: number): string =>
  `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;

/** Escapes the UTF-8 bytes of every character that `keeps` does not match; lone surrogates become U+FFFD. */
function percentEncode(text: string, keeps: RegExp): string {
  let result = '';
  for (const char of text) {
    if (keeps.test(char)) result += char;
    else for (const byte of Buffer.from(char, 'utf8')) result += percentByte(byte);
  }
  return result;
}

/** `Uri.EscapeDataString`: all but letters, digits and `-_.~`. */
export const escapeDataString = (text: string): string => percentEncode(text, UNRESERVED);

/** `Uri.EscapeUriString`: reserved characters stay too, `%` does not. */
export const escapeUriString = (text: string): string =>
  percentEncode(text, /[A-Za-z0-9\-_.~;/?:@&=+$,#[\]!*'()]/);

/** The byte of an escape at `at`, undefined when it is none. */
function escapedByte(text: string, at: number): number | undefined {
  const digits = text.slice(at + 1, at + 3);
  return text[at] === '%' && HEX_PAIR.test(digits) ? Number.parseInt(digits, 16) : undefined;
}

/** Length in bytes of a UTF-8 sequence by its first byte; 0 for an invalid one. */
const sequenceLength = (byte: number): number =>
  byte < 0x80
    ? 1
    : byte >= 0xc2 && byte <= 0xdf
      ? 2
      : byte >= 0xe0 && byte <= 0xef
        ? 3
        : byte >= 0xf0 && byte <= 0xf4
          ? 4
          : 0;

/** The character of a UTF-8 sequence; undefined when it is malformed, overlong or a surrogate. */
function codePointOf(bytes: Uint8Array): number | undefined {
  const [first = 0, ...rest] = bytes;
  if (rest.some((byte) => (byte & 0xc0) !== 0x80)) return undefined;
  const lead = [first, first & 0x1f, first & 0x0f, first & 0x07][rest.length] ?? 0;
  const code = rest.reduce((value, byte) => value * 64 + (byte & 0x3f), lead);
  const least = [0, 0x80, 0x800, 0x10000][rest.length] ?? 0;
  const surrogate = code >= 0xd800 && code <= 0xdfff;
  return code < least || code > 0x10ffff || surrogate ? undefined : code;
}

/**
 * Decodes the escapes that form valid UTF-8 characters accepted by `decodes`; all other escapes go through
 * `keeps` (default: unchanged).
 */
export function percentDecode(
  text: string,
  decodes: (char: string) => boolean = () => true,
  keeps: (escape: string) => string = (escape) => escape,
): string {
  if (!text.includes('%')) return text;
  let result = '';
  for (let at = 0; at < text.length;) {
    const byte = escapedByte(text, at);
    if (byte === undefined) {
      result += text[at++] ?? '';
      continue;
    }
    const length = sequenceLength(byte);
    const char = length === 0 ? undefined : escapedChar(text, at, length);
    if (char !== undefined && decodes(char)) {
      result += char;
      at += length * 3;
    } else {
      const size = char === undefined ? 3 : length * 3;
      result += keeps(text.slice(at, at + size));
      at += size;
    }
  }
  return result;
}

function escapedChar(text: string, at: number, length: number): string | undefined {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    const byte = escapedByte(text, at + i * 3);
    if (byte === undefined) return undefined;
    bytes[i] = byte;
  }
  const code = codePointOf(bytes);
  return code === undefined ? undefined : String.fromCodePoint(code);
}

/** `Uri.UnescapeDataString`: malformed escapes stay as they are. */
export const unescapeDataString = (text: string): string => percentDecode(text);
