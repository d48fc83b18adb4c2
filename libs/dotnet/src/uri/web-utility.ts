import { HTML_ENTITIES } from './html-entities.js';
import { percentByte } from './percent.js';

function formEncoded(bytes: Uint8Array): string {
  let result = '';
  for (const byte of bytes) {
    const char = String.fromCharCode(byte);
    if (/[A-Za-z0-9\-_.!*()]/.test(char)) result += char;
    else result += char === ' ' ? '+' : percentByte(byte);
  }
  return result;
}

/** `WebUtility.UrlEncode`: form encoding, a blank becomes `+`. */
export const urlEncode = (text: string): string => formEncoded(Buffer.from(text, 'utf8'));

/** `WebUtility.UrlEncodeToBytes`. */
export const urlEncodeBytes = (bytes: Uint8Array): Uint8Array =>
  Uint8Array.from(Buffer.from(formEncoded(bytes), 'latin1'));

/** `WebUtility.UrlDecode`: malformed escapes stay, invalid UTF-8 becomes U+FFFD. */
export function urlDecode(text: string): string {
  return text
    .replaceAll('+', ' ')
    .replace(/(?:%[0-9a-fA-F]{2})+/g, (run) =>
      Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'),
    );
}

/** `WebUtility.UrlDecodeToBytes`. */
export function urlDecodeBytes(bytes: Uint8Array): Uint8Array {
  const decoded = Buffer.from(bytes)
    .toString('latin1')
    .replaceAll('+', ' ')
    .replace(/%[0-9a-fA-F]{2}/g, (escape) =>
      String.fromCharCode(Number.parseInt(escape.slice(1), 16)),
    );
  return Uint8Array.from(Buffer.from(decoded, 'latin1'));
}

const MARKUP: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '&': '&amp;',
};

/** `WebUtility.HtmlEncode`: markup, Latin-1 letters and characters beyond the basic plane. */
export function htmlEncode(text: string): string {
  let result = '';
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    const markup = MARKUP[char];
    if (markup !== undefined) result += markup;
    else if ((code >= 160 && code <= 255) || code > 0xffff) result += `&#${code};`;
    else result += code >= 0xd800 && code <= 0xdfff ? '\ufffd' : char;
  }
  return result;
}

/** `WebUtility.HtmlDecode`: numeric and HTML 4 named entities; everything else stays. */
export function htmlDecode(text: string): string {
  return text.replace(/&([^;&]*);/g, (whole: string, entity: string) => {
    if (!entity.startsWith('#')) return HTML_ENTITIES.get(entity) ?? whole;
    const hexadecimal = /^#[xX]([0-9a-fA-F]+)$/.exec(entity)?.[1];
    const decimal = /^#(\d+)$/.exec(entity)?.[1];
    const code = hexadecimal ? Number.parseInt(hexadecimal, 16) : decimal ? Number(decimal) : NaN;
    const valid = code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
    return valid ? String.fromCodePoint(code) : whole;
  });
}
