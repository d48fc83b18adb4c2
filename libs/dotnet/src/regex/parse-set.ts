import { ignoringCase, negated, type CharTest } from './char-class.js';
import { readCharEscape, readClassEscape } from './parse-escape.js';
import type { PatternReader } from './pattern-reader.js';
import { RegexOptions } from './regex-options.js';

/** Reads a character class after its opening bracket, with subtraction `[a-z-[aeiou]]`. */
export function readSet(reader: PatternReader, depth = 0): CharTest {
  if (depth > 100) throw reader.error('The pattern is nested too deeply.');
  const negative = reader.take('^');
  const tests: CharTest[] = [];
  const ranges: (readonly [number, number])[] = [];
  let subtracted: CharTest | undefined;
  for (let first = true; ; first = false) {
    if (reader.ended) throw reader.error('Unterminated [] set.');
    if (reader.peek() === ']' && !first) {
      reader.at++;
      break;
    }
    if (!first && reader.take('-[')) {
      subtracted = readSet(reader, depth + 1);
      if (!reader.ended && reader.peek() !== ']') {
        reader.at--;
        throw reader.error('A subtraction must be the last element in a character class.');
      }
      continue;
    }
    readMember(reader, tests, ranges);
  }
  const inRanges: CharTest = (code) => ranges.some(([from, to]) => code >= from && code <= to);
  const plain: CharTest = (code) => inRanges(code) || tests.some((test) => test(code));
  const cased = reader.has(RegexOptions.IgnoreCase) ? ignoringCase(plain) : plain;
  const own = negative ? negated(cased) : cased;
  const without = subtracted;
  return without ? (code) => own(code) && !without(code) : own;
}

/** One character, range or class of a set. */
function readMember(
  reader: PatternReader,
  tests: CharTest[],
  ranges: (readonly [number, number])[],
): void {
  const from = readSetChar(reader);
  if (typeof from !== 'number') {
    tests.push(from);
    return;
  }
  const isRange =
    reader.peek() === '-' &&
    reader.peek(1) !== ']' &&
    reader.peek(1) !== '[' &&
    reader.peek(1) !== '';
  if (!isRange) {
    ranges.push([from, from]);
    return;
  }
  reader.at++;
  const to = readSetChar(reader);
  if (typeof to !== 'number') {
    throw reader.error(
      `Cannot include class \\${reader.pattern[reader.at - 1]} in character range.`,
    );
  }
  if (to < from) throw reader.error('[x-y] range in reverse order.');
  ranges.push([from, to]);
}

function readSetChar(reader: PatternReader): number | CharTest {
  const char = reader.next();
  if (char !== '\\') return char.charCodeAt(0);
  if (reader.ended) throw reader.error('Illegal \\ at end of pattern.');
  return readClassEscape(reader) ?? readCharEscape(reader);
}
