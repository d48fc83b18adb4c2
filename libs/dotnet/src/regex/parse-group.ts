import type { RegexNode } from './node.js';
import type { RegexParser } from './parse-regex.js';
import { INLINE_OPTIONS, RegexOptions } from './regex-options.js';

const UNRECOGNIZED = 'Unrecognized grouping construct.';

/** Reads a group after its opening parenthesis; undefined for an inline option that applies from here on. */
export function readGroup(parser: RegexParser): RegexNode | undefined {
  const { reader, found } = parser;
  if (!reader.take('?')) {
    if (reader.has(RegexOptions.ExplicitCapture))
      return closed(parser, () => parser.alternatives());
    const group = found.autoNumber++;
    found.numbers.add(group);
    return {
      kind: 'capture',
      node: closed(parser, () => parser.alternatives()),
      group,
      removes: undefined,
    };
  }
  const char = reader.next();
  switch (char) {
    case ':':
      return closed(parser, () => parser.alternatives());
    case '>':
      return { kind: 'atomic', node: closed(parser, () => parser.alternatives()) };
    case '=':
    case '!':
      return look(parser, char === '!', false);
    case '(':
      return conditional(parser);
    case '<':
    case "'":
      if (char === '<' && /^[=!]$/.test(reader.peek()))
        return look(parser, reader.next() === '!', true);
      return named(parser, char === '<' ? '>' : "'");
    default:
      reader.at--;
      return inlineOptions(parser);
  }
}

/** Reads a group's content with its own options and its closing parenthesis. */
function closed<T>(
  parser: RegexParser,
  read: () => T,
  change: (options: number) => number = (o) => o,
): T {
  const { reader } = parser;
  const saved = reader.options;
  reader.options = change(saved);
  const content = read();
  reader.options = saved;
  if (!reader.take(')')) throw reader.error("Not enough )'s.");
  return content;
}

function look(parser: RegexParser, negative: boolean, behind: boolean): RegexNode {
  const direct = (options: number): number =>
    behind ? options | RegexOptions.RightToLeft : options & ~RegexOptions.RightToLeft;
  const node = closed(parser, () => parser.alternatives(), direct);
  return { kind: 'look', node, negative };
}

/** `(?<name>…)`, `(?<3>…)`, `(?<name-other>…)`, `(?<-other>…)`. */
function named(parser: RegexParser, close: string): RegexNode {
  const { reader, found, groups } = parser;
  if (reader.ended) throw reader.error(UNRECOGNIZED);
  const name = groupName(parser);
  let removes: number | undefined;
  if (reader.take('-')) {
    const other = groupName(parser);
    removes = numberOf(parser, other);
    if (other === '' || (groups && removes === undefined)) {
      throw reader.error(
        /^\d+$/.test(other)
          ? `Reference to undefined group number ${other}.`
          : `Reference to undefined group name '${other}'.`,
      );
    }
    removes ??= 0;
  } else if (name === '') {
    reader.at++;
    throw reader.error('Invalid group name: Group names must begin with a word character.');
  }
  if (reader.ended) throw reader.error(UNRECOGNIZED);
  if (!reader.take(close)) {
    throw reader.error('Invalid group name: Group names must begin with a word character.');
  }
  if (/^\d+$/.test(name)) found.numbers.add(Number(name));
  else if (name !== '' && !found.names.includes(name)) found.names.push(name);
  const group = name === '' ? -1 : (numberOf(parser, name) ?? 0);
  const node = closed(parser, () => parser.alternatives());
  return { kind: 'capture', node, group, removes };
}

function groupName(parser: RegexParser): string {
  const { reader } = parser;
  const name = reader.name();
  if (/^0\d*$/.test(name)) throw reader.error('Capture number cannot be zero.');
  if (/^\d/.test(name) && !/^\d+$/.test(name)) {
    throw reader.error('Invalid group name: Group names must begin with a word character.');
  }
  if (Number(name) > 2147483647) {
    throw reader.error(
      'Quantifier and capture group numbers must be less than or equal to Int32.MaxValue.',
    );
  }
  return name;
}

/** Undefined when no such group exists, always so for names in the first pass. */
function numberOf(parser: RegexParser, name: string): number | undefined {
  if (!/^\d+$/.test(name)) return parser.groups?.numberOfName.get(name);
  const number = Number(name);
  return !parser.groups || parser.groups.numbers.includes(number) ? number : undefined;
}

/** `(?(1)yes|no)`, `(?(name)yes|no)`, `(?(expression)yes|no)`. */
function conditional(parser: RegexParser): RegexNode {
  const { reader, groups } = parser;
  const start = reader.at;
  const word = reader.name();
  if (word !== '' && reader.peek() === ')') {
    const number = numberOf(parser, word);
    if (/^\d+$/.test(word) && number === undefined) {
      reader.at = start + word.length;
      throw reader.error(`Conditional alternation refers to an undefined group number ${word}.`);
    }
    if (number !== undefined) {
      reader.at++;
      const [yes, no] = branchesOf(parser);
      return { kind: 'ifGroup', group: number, yes, no };
    }
  }
  reader.at = start;
  const isLook = /^\?(?:[=!]|<[=!])/.test(reader.pattern.slice(start));
  if (!isLook && reader.peek() === '?' && groups === undefined && reader.peek(1) === '#') {
    throw reader.error('Alternation conditions cannot be comments.');
  }
  const test = isLook ? readGroup(parser) : look(parser, false, false);
  const [yes, no] = branchesOf(parser);
  return { kind: 'ifMatch', test: test ?? { kind: 'empty' }, yes, no };
}

function branchesOf(parser: RegexParser): readonly [RegexNode, RegexNode] {
  const branches = closed(parser, () => parser.branches());
  if (branches.length > 2) throw parser.reader.error('Too many | in (?()|).');
  return [branches[0] ?? { kind: 'empty' }, branches[1] ?? { kind: 'empty' }];
}

/** `(?i-m)` changes the options of what follows, `(?i-m:…)` those of the group. */
function inlineOptions(parser: RegexParser): RegexNode | undefined {
  const { reader } = parser;
  let on = 0;
  let off = 0;
  let removing = false;
  for (; /^[a-zA-Z+-]$/.test(reader.peek()); reader.at++) {
    const char = reader.peek();
    if (char === '-' || char === '+') removing = char === '-';
    else {
      const flag = INLINE_OPTIONS[char.toLowerCase()];
      if (flag === undefined) {
        reader.at++;
        throw reader.error(UNRECOGNIZED);
      }
      if (removing) off |= flag;
      else on |= flag;
    }
  }
  const change = (options: number): number => (options | on) & ~off;
  if (reader.take(')')) {
    reader.options = change(reader.options);
    return undefined;
  }
  if (reader.take(':')) return closed(parser, () => parser.alternatives(), change);
  if (!reader.ended) reader.at++;
  throw reader.error(UNRECOGNIZED);
}
