/**
 * Finds where a C# expression ends without parsing it: brackets are matched, strings, characters, comments and
 * interpolations skipped. Works on raw text and on text with XML entities (`&quot;` counts as a quote).
 */

/** `start` is the `@` of `@(` or `@{`. The offset behind the closing bracket, or -1 when it does not close. */
export function scanExpression(text: string, start: number): number {
  return skipBrackets(text, start + 1);
}

/** True when an expression could begin here. */
export function startsExpression(text: string, at: number): boolean {
  if (text.charCodeAt(at) !== 64) return false;
  const next = text.charCodeAt(at + 1);
  return next === 40 || next === 123;
}

const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** Nesting beyond this is no expression that anybody wrote; the evaluator would refuse it too. */
const deepest = 2000;

function skipBrackets(text: string, open: number): number {
  const expected: string[] = [closers[text[open]!]!];
  let at = open + 1;
  while (at < text.length) {
    const char = text[at]!;
    const next = skipOpaque(text, at);
    if (next === -1) return -1;
    if (next > at) {
      at = next;
      continue;
    }
    if (char === '(' || char === '[' || char === '{') {
      if (expected.length > deepest) return -1;
      expected.push(closers[char]!);
    } else if (char === ')' || char === ']' || char === '}') {
      if (expected.pop() !== char) return -1;
      if (expected.length === 0) return at + 1;
    }
    at++;
  }
  return -1;
}

/** Skips a string, character or comment that begins here. `at` itself when none does, -1 when it does not end. */
export function skipOpaque(text: string, at: number): number {
  switch (text[at] ?? '') {
    case '/':
      if (text[at + 1] === '/') return lineEnd(text, at);
      if (text[at + 1] === '*') {
        const end = text.indexOf('*/', at + 2);
        return end < 0 ? -1 : end + 2;
      }
      return at;
    case '"':
    case '&':
    case '@':
    case '$':
      return skipString(text, at);
    case "'":
      return skipCharacter(text, at, "'");
    default:
      return at;
  }
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

/** The spelling of a double quote at this place, or undefined. */
function quoteAt(text: string, at: number): string | undefined {
  if (text[at] === '"') return '"';
  if (text[at] !== '&') return undefined;
  for (const entity of ['&quot;', '&#34;', '&#x22;'])
    if (text.startsWith(entity, at)) return entity;
  return undefined;
}

function skipString(text: string, at: number): number {
  let i = at;
  let verbatim = false;
  let interpolated = false;
  while (text[i] === '@' || text[i] === '$') {
    if (text[i] === '@') verbatim = true;
    else interpolated = true;
    i++;
  }
  const quote = i - at > 2 ? undefined : quoteAt(text, i);
  if (quote === undefined) {
    if (text[at] === '&' && text.startsWith('&apos;', at)) return skipCharacter(text, at, '&apos;');
    return at;
  }
  return stringEnd(text, i + quote.length, { quote, verbatim, interpolated });
}

function stringEnd(
  text: string,
  start: number,
  kind: { quote: string; verbatim: boolean; interpolated: boolean },
): number {
  const { quote, verbatim, interpolated } = kind;
  let at = start;
  while (at < text.length) {
    if (text.startsWith(quote, at)) {
      if (!verbatim || !text.startsWith(quote, at + quote.length)) return at + quote.length;
      at += 2 * quote.length;
      continue;
    }
    const char = text[at]!;
    if (char === '\\' && !verbatim) at += 1 + (quoteAt(text, at + 1)?.length ?? 1);
    else if (char === '\n' && !verbatim) return -1;
    else if (interpolated && char === '{') {
      if (text[at + 1] === '{') at += 2;
      else {
        const end = skipBrackets(text, at);
        if (end < 0) return -1;
        at = end;
      }
    } else at++;
  }
  return -1;
}

/** `'x'`, `'\n'`, `'\u0041'`; an apostrophe that begins no character literal is skipped alone. */
function skipCharacter(text: string, at: number, quote: string): number {
  const inside = at + quote.length;
  if (text[inside] === '\\') {
    const end = text.indexOf(quote, inside + 2);
    return end > 0 && end - inside < 14 ? end + quote.length : inside;
  }
  const entity = /^&(?:[a-z]+|#\d+|#x[0-9a-f]+);/i.exec(text.slice(inside, inside + 10))?.[0];
  const end = inside + (entity?.length ?? 1);
  return text.startsWith(quote, end) ? end + quote.length : inside;
}
