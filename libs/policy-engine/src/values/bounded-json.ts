/** Values beyond this are not read as JSON, as many as the readers of expressions take. */
const mostItems = 1_000_000;

/** What stands deeper within each other no code that walks a tree is safe with. Levels. */
const mostLevels = 500;

/** A text is larger than is read as JSON, or nested deeper. */
export class JsonBoundError extends Error {
  override readonly name = 'JsonBoundError';
}

/** Reads JSON within bounds of number and depth of its values. Throws SyntaxError, JsonBoundError. */
export function parseBoundedJson(text: string): unknown {
  checkBounds(text);
  return JSON.parse(text) as unknown;
}

const quote = 0x22;
const comma = 0x2c;

/** Counts brackets and commas outside of strings; what is no JSON ends it early or passes. */
function checkBounds(text: string): void {
  let levels = 0;
  let items = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) at = endOfString(text, at + 1);
    else if (code === comma) items++;
    // Brackets and braces differ from each other by one bit.
    else if ((code | 0x20) === 0x7b) {
      items++;
      if (++levels > mostLevels)
        throw new JsonBoundError(`The JSON is nested deeper than ${mostLevels} levels.`);
    } else if ((code | 0x20) === 0x7d) levels--;
    if (items > mostItems)
      throw new JsonBoundError(`The JSON holds more than ${mostItems} values.`);
  }
}

/** Where a string ends; the end of the text when nothing ends it. */
function endOfString(text: string, from: number): number {
  for (let at = from; ; at++) {
    at = text.indexOf('"', at);
    if (at < 0) return text.length;
    let slashes = at;
    while (slashes > from && text[slashes - 1] === '\\') slashes--;
    if ((at - slashes) % 2 === 0) return at;
  }
}
