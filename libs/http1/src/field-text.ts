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
