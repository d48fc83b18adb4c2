import { readCharEscape } from './parse-escape.js';
import { PatternReader } from './pattern-reader.js';

/** `Regex.Escape`. */
export const escapeRegex = (text: string): string =>
  text.replace(/[\\*+?|{[()^$.# ]|[\t\n\f\r]/g, (char) => {
    const control = { '\t': '\\t', '\n': '\\n', '\f': '\\f', '\r': '\\r' }[char];
    return control ?? `\\${char}`;
  });

/** `Regex.Unescape`: throws RegexParseException. */
export function unescapeRegex(text: string): string {
  const reader = new PatternReader(text, 0);
  let result = '';
  while (!reader.ended) {
    const char = reader.next();
    if (char !== '\\') result += char;
    else if (!reader.ended) result += String.fromCharCode(readCharEscape(reader));
  }
  return result;
}
