const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Names that were found to be tokens; they are few. */
const knownNames = new Set<string>();
const mostKnownNames = 2000;

/** Whether a text is a token: the name of a field, or a method (RFC 9110 section 5.6.2). */
export function isFieldName(text: string): boolean {
  if (knownNames.has(text)) return true;
  if (!token.test(text)) return false;
  if (knownNames.size < mostKnownNames) knownNames.add(text);
  return true;
}

/** Whether a text can stand behind a name, or for a reason: Latin-1 without control characters but tab (RFC 9110 section 5.5). */
export function isFieldValue(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 0xff || code === 0x7f || (code < 0x20 && code !== 0x09)) return false;
  }
  return true;
}

/** Whether a text is the target of a request line: an absolute path with its query, or `*` (RFC 9112 section 3.2). */
export function isTarget(text: string): boolean {
  if (text.charCodeAt(0) !== 0x2f) return text === '*';
  for (let at = 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= 0x20 || code === 0x7f || code > 0xff) return false;
  }
  return true;
}

/** The length that a Content-Length tells: digits, and not more than a number holds exactly; -1 for everything else. */
export function contentLength(text: string): number {
  if (text === '' || text.length > 15) return -1;
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    length = length * 10 + digit;
  }
  return length;
}
