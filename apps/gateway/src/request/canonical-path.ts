/** What an encoded slash or backslash in a path means: it stays as it is, becomes a slash, or is refused. */
export type EncodedSlashes = 'keep' | 'decode' | 'refuse';

/** A path by the canonical rule, or why the request is refused (status 400). */
export type CanonicalPath =
  | { readonly ok: true; readonly path: string }
  | { readonly ok: false; readonly reason: string };

/** What segments hold as it is: 1, and 2 for a dot, with which none begins. */
const plain = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  return character === '.' ? 2 : Number(/[A-Za-z0-9_~!$&'()*+,;=:@-]/.test(character));
});
const slash = 0x2f;

/** Most paths are already canonical: plain segments without escapes, dots at a segment's start, or "//". */
function isPlain(path: string): boolean {
  let before = 0;
  for (let at = 0; at < path.length; at++) {
    const code = path.charCodeAt(at);
    if (before === slash ? plain[code] !== 1 : code !== slash && !plain[code]) return false;
    before = code;
  }
  return path.charCodeAt(0) === slash;
}

/**
 * The one written rule for paths. Routing, keys, policies and the backend all see its result:
 * 1. refused: control characters, blanks, "#", "\", bytes above 0x7E, malformed escapes, escaped
 *    control characters;
 * 2. escapes of unreserved characters are decoded ("%61" is "a"), others are written in upper case;
 * 3. "%2F" and "%5C" are kept, decoded to "/", or refused, as the setting says;
 * 4. runs of slashes become one; "." and ".." segments are resolved and never climb above the root;
 * 5. dot segments with parameters ("..;x") are refused: servers read them in different ways;
 * 6. characters that a path may not hold as such ({ } | ^ ` " < >) are escaped.
 */
export function canonicalPath(raw: string, encodedSlashes: EncodedSlashes): CanonicalPath {
  if (isPlain(raw)) {
    return raw.includes(';') && /\/\.{1,2};/.test(raw)
      ? refuse('dot segment with parameters')
      : { ok: true, path: raw };
  }
  if (!raw.startsWith('/')) return refuse('path does not begin with a slash');
  let text = '';
  for (let index = 0; index < raw.length; index++) {
    const code = raw.charCodeAt(index);
    if (code === 0x25) {
      const byte = /^[0-9A-Fa-f]{2}$/.test(raw.slice(index + 1, index + 3))
        ? parseInt(raw.slice(index + 1, index + 3), 16)
        : -1;
      const decoded = unescape(byte, encodedSlashes);
      if (typeof decoded !== 'string') return decoded;
      text += decoded;
      index += 2;
    } else if (code <= 0x20 || code >= 0x7f || code === 0x23 || code === 0x5c) {
      return refuse('character that a path cannot hold');
    } else text += /[{}|^`"<>]/.test(raw[index] ?? '') ? escape(code) : raw[index];
  }
  return resolveDots(text);
}

function unescape(
  byte: number,
  encodedSlashes: EncodedSlashes,
): string | (CanonicalPath & { ok: false }) {
  if (byte < 0) return refuse('malformed escape');
  if (byte < 0x20 || byte === 0x7f) return refuse('escaped control character');
  if (byte === 0x2f || byte === 0x5c) {
    if (encodedSlashes === 'refuse') return refuse('escaped slash');
    return encodedSlashes === 'decode' ? '/' : escape(byte);
  }
  const character = String.fromCharCode(byte);
  return /[A-Za-z0-9._~-]/.test(character) ? character : escape(byte);
}

function escape(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

function resolveDots(text: string): CanonicalPath {
  const segments = text.slice(1).split('/');
  const kept: string[] = [];
  segments.forEach((segment, index) => {
    const last = index === segments.length - 1;
    if (segment === '..') kept.pop();
    if (segment !== '' && segment !== '.' && segment !== '..') kept.push(segment);
    else if (last && kept.length > 0) kept.push('');
  });
  if (kept.some((segment) => /^\.{1,2};/.test(segment)))
    return refuse('dot segment with parameters');
  return { ok: true, path: `/${kept.join('/')}` };
}

function refuse(reason: string): CanonicalPath & { ok: false } {
  return { ok: false, reason };
}

/** Whether a query may go on: no control characters, blanks, "#", or bytes above 0x7E. */
export function isCleanQuery(query: string): boolean {
  return query === '' || !/[^\x21-\x22\x24-\x7e]/.test(query);
}
