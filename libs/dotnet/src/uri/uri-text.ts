import { percentByte, percentDecode } from './percent.js';

/** Characters an IRI may hold unescaped. */
function isIriChar(char: string): boolean {
  const code = char.codePointAt(0) ?? 0;
  return (
    (code >= 0xa0 && code <= 0xd7ff) ||
    (code >= 0xf900 && code <= 0xfdcf) ||
    (code >= 0xfdf0 && code <= 0xffef) ||
    (code >= 0x10000 && (code & 0xffff) < 0xfffe)
  );
}

const UNRESERVED = /^[A-Za-z0-9\-_.~]$/;
/** Stays as written in an escaped component. */
const PLAIN = /[A-Za-z0-9\-_.~;/?:@&=+$,#[\]!*'()]/;

/**
 * A component as `AbsoluteUri` prints it: escapes of unreserved characters are decoded, those of other
 * characters kept (upper-case digits where they spell an international character), everything illegal escaped.
 */
export function escapedComponent(text: string): string {
  const decoded = percentDecode(
    text,
    (char) => UNRESERVED.test(char) || isIriChar(char),
    (escape) => escape,
  );
  let result = '';
  for (let at = 0; at < decoded.length;) {
    const char = String.fromCodePoint(decoded.codePointAt(at) ?? 0);
    const isEscape = char === '%' && /^%[0-9a-fA-F]{2}/.test(decoded.slice(at, at + 3));
    if (isEscape || PLAIN.test(char)) result += char;
    else for (const byte of Buffer.from(char, 'utf8')) result += percentByte(byte);
    at += char.length;
  }
  return result;
}

const NOT_SAFE = /^[;/?:@&=+$,#\\!*'()[\]%]$/;

/** A component as `ToString()` prints it: escapes of delimiters and control characters stay. */
export function displayedComponent(escaped: string): string {
  return percentDecode(escaped, (char) => {
    const code = char.codePointAt(0) ?? 0;
    if (code > 0x9f) return isIriChar(char);
    return code > 0x1f && code < 0x7f && !NOT_SAFE.test(char);
  });
}

/** Removes `.` and `..` segments. */
export function withoutDots(path: string): string {
  const output: string[] = [];
  const segments = path.split('/');
  const rooted = segments[0] === '';
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1;
    if (segment === '..') {
      if (output.length > (rooted ? 1 : 0)) output.pop();
      if (isLast) output.push('');
    } else if (segment === '.') {
      if (isLast) output.push('');
    } else output.push(segment);
  }
  return output.join('/');
}
