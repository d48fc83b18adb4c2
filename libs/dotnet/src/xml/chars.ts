import { argumentException, argumentNull } from '../dotnet-error.js';
import { characterText, xmlException } from './xml-error.js';

// The ranges are code units, not characters in a row.
const nameStart =
  // oxlint-disable-next-line no-misleading-character-class
  /[_A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd]/;
const namePart =
  // oxlint-disable-next-line no-misleading-character-class
  /[-._0-9A-Za-z\u00b7\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u1fff\u200c\u200d\u203f\u2040\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd]/;
// Everything XML 1.0 forbids, and surrogates without a partner.
const invalid =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** Whether a character may begin a name without colon. */
export function isNameStart(char: string): boolean {
  return isLetter(char.charCodeAt(0)) || (char !== '' && nameStart.test(char));
}

// Nearly all names are of these.
function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
}

/** Whether a character may stand inside a name without colon. */
export function isNamePart(char: string): boolean {
  const code = char.charCodeAt(0);
  return isLetter(code) || (code >= 48 && code <= 57) || (char !== '' && namePart.test(char));
}

/** XML's own white space: blank, tab, CR, LF. */
export function isXmlBlank(text: string): boolean {
  return /^[ \t\r\n]*$/.test(text);
}

/** The first character that XML does not allow, with its index. */
export function findInvalidChar(text: string): { char: string; index: number } | undefined {
  if (isPlain(text)) return undefined;
  const index = text.search(invalid);
  return index < 0 ? undefined : { char: text.charAt(index), index };
}

/** Quick: neither surrogates nor control characters but tabs and line ends. */
function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0xd800 || (code < 32 && code !== 9 && code !== 10 && code !== 13)) return false;
  }
  return true;
}

/** What a writer does with a character it cannot write: an ArgumentException. */
export function requireValidChars(text: string): void {
  const found = findInvalidChar(text);
  if (found) throw argumentException(`${characterText(found.char)}, is an invalid character.`);
}

/** XmlConvert.VerifyNCName: the name, or an XmlException that says what is wrong with it. */
export function verifyNCName(name: string | null): string {
  if (name === null) throw argumentNull('name');
  if (name === '')
    throw argumentException("The empty string '' is not a valid local name.", 'name');
  for (let i = 0; i < name.length; i++) {
    const char = name.charAt(i);
    if (!(i === 0 ? isNameStart(char) : isNamePart(char))) throw nameError(char, i === 0);
  }
  return name;
}

function nameError(char: string, first: boolean): Error {
  const code = char.codePointAt(0)!.toString(16).toUpperCase().padStart(2, '0');
  return xmlException(
    first
      ? `Name cannot begin with the '${char}' character, hexadecimal value 0x${code}.`
      : `The '${char}' character, hexadecimal value 0x${code}, cannot be included in a name.`,
  );
}

/** XmlConvert.EncodeLocalName: characters a name cannot have become `_xHHHH_`. */
export function encodeLocalName(name: string): string {
  let encoded = '';
  for (let i = 0; i < name.length; i++) {
    const char = name.charAt(i);
    const escape = char === '_' && /^_x[0-9a-f]{4}_/i.test(name.slice(i, i + 7));
    const fits = i === 0 ? isNameStart(char) : isNamePart(char);
    encoded += fits && !escape ? char : encodeChar(char);
  }
  return encoded;
}

function encodeChar(char: string): string {
  return `_x${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`;
}

/** XmlConvert.DecodeName. */
export function decodeName(name: string): string {
  return name.replace(/_x([0-9a-f]{4}|[0-9a-f]{8})_/gi, (_, hex: string) =>
    hex.length === 4
      ? String.fromCharCode(Number.parseInt(hex, 16))
      : String.fromCodePoint(Number.parseInt(hex, 16)),
  );
}
