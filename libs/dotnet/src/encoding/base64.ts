import { formatException } from '../dotnet-error.js';

const INVALID =
  'The input is not a valid Base-64 string as it contains a non-base 64 character, more than two padding characters, or an illegal character among the padding characters.';

/** `Convert.ToBase64String`; `lineBreaks` puts CR LF after each 76 characters. */
export function toBase64(bytes: Uint8Array, lineBreaks = false): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  return lineBreaks ? (text.match(/.{1,76}/g) ?? []).join('\r\n') : text;
}

/** `Convert.FromBase64String`: blanks and line breaks are ignored, padding is demanded. Throws FormatException. */
export function fromBase64(text: string): Uint8Array {
  const body = text.replace(/[ \t\r\n]/g, '');
  const end = body.indexOf('=');
  const data = end < 0 ? body : body.slice(0, end);
  const padding = body.slice(data.length);
  if (/[^A-Za-z0-9+/]/.test(data) || !/^={0,2}$/.test(padding)) throw formatException(INVALID);
  if (body.length % 4 !== 0) {
    throw formatException('Invalid length for a Base-64 char array or string.');
  }
  return Uint8Array.from(Buffer.from(body, 'base64'));
}
