import {
  argumentNull,
  argumentOutOfRange,
  Match,
  Regex,
  RegexOptions,
  TimeSpan,
  unescapeRegex,
} from '@isthmus/dotnet';
import { newArray } from '../../runtime/runtime-type.js';
import type { Runtime } from '../../runtime/runtime.js';
import { enumTable, typeTable, type MemberRecord } from '../table.js';
import { MatchCollection } from './match.js';

export const regexOptionsTable = enumTable(
  'System.Text.RegularExpressions.RegexOptions',
  RegexOptions,
  true,
);

/** Compiled patterns by options and text; the oldest go first. */
const compiled = new Map<string, Regex>();
const MOST_COMPILED = 256;

/** A regex that counts its steps on the evaluation's budget. */
function regexOf(pattern: string | null, options: number, runtime: Runtime): Regex {
  if (pattern === null) throw argumentNull('pattern');
  const key = `${options} ${pattern}`;
  let regex = compiled.get(key);
  if (!regex) {
    regex = new Regex(pattern, options);
    if (compiled.size >= MOST_COMPILED) {
      for (const oldest of compiled.keys()) {
        compiled.delete(oldest);
        break;
      }
    }
    compiled.set(key, regex);
  }
  return regex.withSteps((count) => runtime.step(count));
}

/** A regex may outlive the evaluation that made it: each use counts on the budget of its own. */
const counting = (regex: Regex, runtime: Runtime): Regex =>
  regex.withSteps((count) => runtime.step(count));

type Evaluator = (match: Match) => string | null;

/** A match timeout must be positive or Regex.InfiniteMatchTimeout; the budget limits matching anyway. */
function checkTimeout(timeout: TimeSpan): void {
  const infinite = timeout.ticks === -10_000n;
  if (!infinite && (timeout.ticks <= 0n || timeout.totalMilliseconds >= 2147483647)) {
    throw argumentOutOfRange('matchTimeout');
  }
}

function input(text: string | null): string {
  if (text === null) throw argumentNull('input');
  return text;
}

/** Replaces with the budget's view of the size of the result. */
function replaced(
  regex: Regex,
  text: string | null,
  replacement: string | ((match: Match) => string | null) | null,
  options: { count?: number; start?: number; runtime: Runtime },
): string {
  const source = input(text);
  if (replacement === null) throw argumentNull('replacement');
  const { runtime } = options;
  let size = source.length;
  const counted = (match: Match): string => {
    const value =
      typeof replacement === 'string'
        ? regex.expand(replacement, match)
        : (replacement(match) ?? '');
    size += value.length;
    runtime.size(size);
    return value;
  };
  return regex.replace(source, counted, options.count ?? -1, options.start);
}

const texts = (pieces: string[]): unknown[] => newArray('string', pieces);

const instances: MemberRecord = {
  'new(string pattern)': (pattern: string | null, runtime: Runtime) => regexOf(pattern, 0, runtime),
  'new(string pattern, RegexOptions options)': regexOf,
  'new(string pattern, RegexOptions options, TimeSpan matchTimeout)': (
    ...[pattern, options, timeout, runtime]: [string | null, number, TimeSpan, Runtime]
  ) => {
    checkTimeout(timeout);
    return regexOf(pattern, options, runtime);
  },
  'bool IsMatch(string input)': (self: Regex, text: string | null, runtime: Runtime) =>
    counting(self, runtime).isMatch(input(text)),
  'bool IsMatch(string input, int startat)': (
    ...[self, text, start, runtime]: [Regex, string | null, number, Runtime]
  ) => counting(self, runtime).isMatch(input(text), start),
  'Match Match(string input)': (self: Regex, text: string | null, runtime: Runtime) =>
    counting(self, runtime).match(input(text)),
  'Match Match(string input, int startat)': (
    ...[self, text, start, runtime]: [Regex, string | null, number, Runtime]
  ) => counting(self, runtime).match(input(text), start),
  'Match Match(string input, int beginning, int length)': (
    ...[self, text, beginning, length, runtime]: [Regex, string | null, number, number, Runtime]
  ) => counting(self, runtime).matchWithin(input(text), beginning, length),
  'MatchCollection Matches(string input)': (self: Regex, text: string | null, runtime: Runtime) =>
    new MatchCollection(counting(self, runtime).matches(input(text))),
  'MatchCollection Matches(string input, int startat)': (
    ...[self, text, start, runtime]: [Regex, string | null, number, Runtime]
  ) => new MatchCollection(counting(self, runtime).matches(input(text), start)),
  'string Replace(string input, string replacement)': (
    ...[self, text, replacement, runtime]: [Regex, string | null, string | null, Runtime]
  ) => replaced(counting(self, runtime), text, replacement, { runtime }),
  'string Replace(string input, string replacement, int count)': (
    ...[self, text, replacement, count, runtime]: [
      Regex,
      string | null,
      string | null,
      number,
      Runtime,
    ]
  ) => replaced(counting(self, runtime), text, replacement, { count, runtime }),
  'string Replace(string input, string replacement, int count, int startat)': (
    ...[self, text, replacement, count, start, runtime]: [
      Regex,
      string | null,
      string | null,
      number,
      number,
      Runtime,
    ]
  ) => replaced(counting(self, runtime), text, replacement, { count, start, runtime }),
  'string Replace(string input, MatchEvaluator evaluator)': (
    ...[self, text, evaluator, runtime]: [Regex, string | null, Evaluator | null, Runtime]
  ) => replaced(counting(self, runtime), text, evaluator, { runtime }),
  'string Replace(string input, MatchEvaluator evaluator, int count)': (
    ...[self, text, evaluator, count, runtime]: [
      Regex,
      string | null,
      Evaluator | null,
      number,
      Runtime,
    ]
  ) => replaced(counting(self, runtime), text, evaluator, { count, runtime }),
  'string[] Split(string input)': (self: Regex, text: string | null, runtime: Runtime) =>
    texts(counting(self, runtime).split(input(text))),
  'string[] Split(string input, int count)': (
    ...[self, text, count, runtime]: [Regex, string | null, number, Runtime]
  ) => texts(counting(self, runtime).split(input(text), count)),
  'string[] Split(string input, int count, int startat)': (
    ...[self, text, count, start, runtime]: [Regex, string | null, number, number, Runtime]
  ) => texts(counting(self, runtime).split(input(text), count, start)),
};

type Use = (regex: Regex, text: string, runtime: Runtime) => unknown;

/** The three static overloads of a method: pattern; pattern and options; those and a timeout. */
function statics(returns: string, name: string, use: Use): MemberRecord {
  return {
    [`static ${returns} ${name}(string input, string pattern)`]: (
      ...[text, pattern, runtime]: [string | null, string | null, Runtime]
    ) => use(regexOf(pattern, 0, runtime), input(text), runtime),
    [`static ${returns} ${name}(string input, string pattern, RegexOptions options)`]: (
      ...[text, pattern, options, runtime]: [string | null, string | null, number, Runtime]
    ) => use(regexOf(pattern, options, runtime), input(text), runtime),
    [`static ${returns} ${name}(string input, string pattern, RegexOptions options, TimeSpan matchTimeout)`]:
      (
        ...[text, pattern, options, timeout, runtime]: [
          string | null,
          string | null,
          number,
          TimeSpan,
          Runtime,
        ]
      ) => {
        checkTimeout(timeout);
        return use(regexOf(pattern, options, runtime), input(text), runtime);
      },
  };
}

type Replacement = string | ((match: Match) => string | null) | null;

/** The static Replace overloads for text or an evaluator. */
function staticReplace(parameter: string): MemberRecord {
  return {
    [`static string Replace(string input, string pattern, ${parameter})`]: (
      ...[text, pattern, replacement, runtime]: [string | null, string | null, Replacement, Runtime]
    ) => replaced(regexOf(pattern, 0, runtime), text, replacement, { runtime }),
    [`static string Replace(string input, string pattern, ${parameter}, RegexOptions options)`]: (
      ...[text, pattern, replacement, options, runtime]: [
        string | null,
        string | null,
        Replacement,
        number,
        Runtime,
      ]
    ) => replaced(regexOf(pattern, options, runtime), text, replacement, { runtime }),
    [`static string Replace(string input, string pattern, ${parameter}, RegexOptions options, TimeSpan matchTimeout)`]:
      (
        ...[text, pattern, replacement, options, timeout, runtime]: [
          string | null,
          string | null,
          Replacement,
          number,
          TimeSpan,
          Runtime,
        ]
      ) => {
        checkTimeout(timeout);
        return replaced(regexOf(pattern, options, runtime), text, replacement, { runtime });
      },
  };
}

export const regexTable = typeTable(
  'class System.Text.RegularExpressions.Regex',
  { instance: Regex, text: (value: Regex) => value.pattern },
  instances,
  statics('bool', 'IsMatch', (regex, text) => regex.isMatch(text)),
  statics('Match', 'Match', (regex, text) => regex.match(text)),
  statics('MatchCollection', 'Matches', (regex, text) => new MatchCollection(regex.matches(text))),
  statics('string[]', 'Split', (regex, text) => texts(regex.split(text))),
  staticReplace('string replacement'),
  staticReplace('MatchEvaluator evaluator'),
  {
    'static string Unescape(string str)': (text: string | null) => {
      if (text === null) throw argumentNull('str');
      return unescapeRegex(text);
    },
  },
);

export const matchEvaluatorTable = typeTable(
  'delegate string System.Text.RegularExpressions.MatchEvaluator(Match match)',
  {},
  {},
);
