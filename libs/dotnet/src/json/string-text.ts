import { countWork } from '../work-meter.js';

/** How a JSON writer escapes: Newtonsoft.Json.StringEscapeHandling. */
export type StringEscapeHandling = 'Default' | 'EscapeNonAscii' | 'EscapeHtml';

const short = new Map<string, string>([
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\f', '\\f'],
  ['\b', '\\b'],
  ['\\', '\\\\'],
]);

// oxlint-disable-next-line no-control-regex
const special = /[\u0000-\u001f\\"'\u0085\u2028\u2029]/g;
// oxlint-disable-next-line no-control-regex
const maybeSpecial = /[\u0000-\u001f\\"'<>&]|[\u007f-\uffff]/g;

function hex(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/**
 * Escapes text for a JSON string delimited by `quote` as Newtonsoft's JavaScriptUtils does:
 * control characters, the quote, backslash, U+0085, U+2028 and U+2029.
 */
export function escapeJsonString(
  text: string,
  quote: '"' | "'" = '"',
  handling: StringEscapeHandling = 'Default',
): string {
  const escaped = handling === 'Default' ? special : maybeSpecial;
  if (text.search(escaped) < 0) return text;
  countWork(text.length >> 1);
  return text.replace(escaped, (char) => {
    const known = short.get(char);
    if (known !== undefined) return known;
    if (char === quote && handling !== 'EscapeHtml') return `\\${char}`;
    if (handling === 'EscapeHtml' && /[<>&'"]/.test(char)) return hex(char);
    if (char < ' ' || char === '\u0085' || char === '\u2028' || char === '\u2029') return hex(char);
    return handling === 'EscapeNonAscii' && char > '\u007f' ? hex(char) : char;
  });
}
