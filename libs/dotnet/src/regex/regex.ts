import { argumentNull, argumentOutOfRange, DotNetError } from '../dotnet-error.js';
import { compileRegex, type Program } from './compile-regex.js';
import { Machine, type SearchInput } from './machine.js';
import { capturesOf, Group, Match, type Continuation } from './match.js';
import type { GroupTable } from './node.js';
import { parseRegex } from './parse-regex.js';
import { parseReplacement, type ReplacementPart } from './replacement.js';
import { countWork } from '../work-meter.js';
import { RegexOptions } from './regex-options.js';
import { searchHints, type SearchHints } from './search-hints.js';

/** Counts the matcher's steps; throws when the evaluation's budget is spent. */
export type StepCounter = (count: number) => void;

/** As many as an expression has for everything. */
const DEFAULT_STEPS = 5_000_000;

/** A counter of its own for callers without a budget: throws RegexMatchTimeoutException at the end. */
export function regexStepLimit(limit = DEFAULT_STEPS): StepCounter {
  let left = limit;
  return (count) => {
    countWork(count);
    left -= count;
    if (left < 0) {
      throw new DotNetError(
        'System.Text.RegularExpressions.RegexMatchTimeoutException',
        'The Regex engine has timed out while trying to match a pattern to an input string.',
      );
    }
  };
}

const KNOWN_OPTIONS = 0x7ff & ~128;
const ECMA_PARTNERS =
  RegexOptions.ECMAScript |
  RegexOptions.IgnoreCase |
  RegexOptions.Multiline |
  RegexOptions.Compiled |
  RegexOptions.CultureInvariant;

function checkOptions(options: number): void {
  const ecma = (options & RegexOptions.ECMAScript) !== 0;
  if ((options & ~KNOWN_OPTIONS) !== 0 || (ecma && (options & ~ECMA_PARTNERS) !== 0)) {
    throw argumentOutOfRange('options');
  }
}

/** System.Text.RegularExpressions.Regex with a step budget instead of a clock. */
export class Regex {
  private readonly program: Program;
  private readonly groups: GroupTable;
  private readonly hints: SearchHints;
  private readonly replacements = new Map<string, ReplacementPart[]>();

  /** Throws RegexParseException, ArgumentNullException or ArgumentOutOfRangeException. */
  constructor(
    readonly pattern: string,
    readonly options: number = RegexOptions.None,
    private readonly step: StepCounter = regexStepLimit(),
  ) {
    if (pattern === null) throw argumentNull('pattern');
    checkOptions(options);
    const { root, groups } = parseRegex(pattern, options);
    this.groups = groups;
    this.program = compileRegex(root, groups);
    this.hints = searchHints(root);
  }

  /** The same pattern counting on another budget; nothing is compiled again. */
  withSteps(step: StepCounter): Regex {
    return Object.assign(Object.create(Regex.prototype) as Regex, this, { step });
  }

  get rightToLeft(): boolean {
    return (this.options & RegexOptions.RightToLeft) !== 0;
  }

  get groupNumbers(): readonly number[] {
    return this.groups.numbers;
  }

  get groupNames(): string[] {
    return this.groups.numbers.map((number) => this.groupNameOf(number));
  }

  /** Empty for an unknown number. */
  groupNameOf(number: number): string {
    for (const [name, value] of this.groups.numberOfName) if (value === number) return name;
    return this.groups.numbers.includes(number) ? String(number) : '';
  }

  /** -1 for an unknown name. */
  groupNumberOf(name: string): number {
    const number = this.groups.numberOfName.get(name);
    if (number !== undefined) return number;
    // A number is a name only for a group that has no other.
    const own = /^(?:0|[1-9]\d*)$/.test(name) ? Number(name) : -1;
    return own >= 0 && this.groupNameOf(own) === name ? own : -1;
  }

  /** Position of a group in Match.groups, -1 for an unknown one. */
  groupIndex(key: number | string): number {
    return this.groups.numbers.indexOf(typeof key === 'number' ? key : this.groupNumberOf(key));
  }

  isMatch(text: string, start?: number): boolean {
    return this.match(text, start).success;
  }

  /** The first match at or after `start` (before it, right to left). */
  match(text: string, start = this.rightToLeft ? text.length : 0): Match {
    if (text === null) throw argumentNull('input');
    if (start < 0 || start > text.length) {
      throw argumentOutOfRange(
        'startat',
        'Start index cannot be less than 0 or greater than input length.',
      );
    }
    return this.find(text, { start, from: 0, to: text.length, wasEmpty: false });
  }

  /** The first match in a part of the text, which anchors take for the whole. */
  matchWithin(text: string, beginning: number, length: number): Match {
    if (beginning < 0 || beginning > text.length)
      throw argumentOutOfRange(
        'beginning',
        'Start index cannot be less than 0 or greater than input length.',
      );
    if (length < 0 || length > text.length - beginning)
      throw argumentOutOfRange('length', 'Length cannot be less than 0 or exceed input length.');
    const to = beginning + length;
    const start = this.rightToLeft ? to : beginning;
    return this.find(text, { start, from: beginning, to, wasEmpty: false });
  }

  /** All matches, lazily. */
  *matches(text: string, start?: number): Generator<Match> {
    for (let match = this.match(text, start); match.success; match = match.nextMatch()) yield match;
  }

  /** Goes on after a match. */
  continueAt(text: string, next: Continuation): Match {
    if (!next.wasEmpty) return this.find(text, next);
    const start = next.start + (this.rightToLeft ? -1 : 1);
    if (start < next.from || start > next.to) return Match.empty;
    return this.find(text, { ...next, start }, next.start);
  }

  private find(text: string, range: Continuation, origin = range.start): Match {
    const input: SearchInput = { text, from: range.from, to: range.to, origin, step: this.step };
    const machine = new Machine(this.program.instructions, input, this.program.sizes);
    const step = this.rightToLeft ? -1 : 1;
    const last = this.rightToLeft ? range.from : range.to;
    for (let at = range.start; ; at += step) {
      at = this.rightToLeft ? at : this.hints.next(text, at, range.from);
      if (at < 0 || at > range.to) break;
      machine.work(1);
      if (machine.matchAt(at)) {
        machine.finish();
        return this.found(machine, at, range);
      }
      if (at === last) break;
    }
    machine.finish();
    return Match.empty;
  }

  private found(machine: Machine, start: number, range: Continuation): Match {
    const { text, pos: end } = machine;
    // A match is made of objects, which take longer than the steps that lead to it.
    this.step(5 + 5 * this.groups.numbers.length);
    const whole = { start: Math.min(start, end), end: Math.max(start, end), previous: undefined };
    const groups = this.groups.numbers.map(
      (number, slot) =>
        new Group(
          text,
          this.groupNameOf(number),
          capturesOf(text, number === 0 ? whole : machine.captures[slot]),
        ),
    );
    const next = { start: end, from: range.from, to: range.to, wasEmpty: start === end };
    return new Match(text, groups, { regex: this, next });
  }

  /** A replacement pattern expanded for a match. */
  expand(replacement: string, match: Match): string {
    let parts = this.replacements.get(replacement);
    if (!parts) {
      parts = parseReplacement(replacement, {
        hasNumber: (number) => this.groups.numbers.includes(number),
        numberOfName: (name) => this.groups.numberOfName.get(name),
        ecmaScript: (this.options & RegexOptions.ECMAScript) !== 0,
      });
      this.replacements.clear();
      this.replacements.set(replacement, parts);
    }
    return parts.map((part) => (typeof part === 'string' ? part : part(match))).join('');
  }

  /** Replaces up to `count` matches (-1: all) by a pattern or a function's results. */
  replace(
    text: string,
    replacement: string | ((match: Match) => string | null),
    count = -1,
    start?: number,
  ): string {
    if (text === null) throw argumentNull('input');
    if (replacement === null) throw argumentNull('replacement');
    if (count < -1) throw argumentOutOfRange('count', 'Count cannot be less than -1.');
    const pieces: string[] = [];
    let done = this.rightToLeft ? text.length : 0;
    let left = count === -1 ? Infinity : count;
    if (left === 0) return text;
    for (const match of this.matches(text, start)) {
      const value =
        typeof replacement === 'string'
          ? this.expand(replacement, match)
          : (replacement(match) ?? '');
      const end = match.index + match.length;
      pieces.push(this.rightToLeft ? text.slice(end, done) : text.slice(done, match.index), value);
      done = this.rightToLeft ? match.index : end;
      if (--left === 0) break;
    }
    pieces.push(this.rightToLeft ? text.slice(0, done) : text.slice(done));
    return (this.rightToLeft ? pieces.toReversed() : pieces).join('');
  }

  /** The text between matches, captured groups included; `count` is the largest number of pieces (0: no limit). */
  split(text: string, count = 0, start?: number): string[] {
    if (text === null) throw argumentNull('input');
    if (count < 0) throw argumentOutOfRange('count', 'Count cannot be less than -1.');
    if (count === 1) return [text];
    const pieces: string[] = [];
    let left = count === 0 ? Infinity : count - 1;
    let done = this.rightToLeft ? text.length : 0;
    for (const match of this.matches(text, start)) {
      const end = match.index + match.length;
      const groups = match.groups.slice(1).filter((group) => group.success);
      if (this.rightToLeft) {
        pieces.push(text.slice(end, done), ...groups.map((group) => group.value).toReversed());
        done = match.index;
      } else {
        pieces.push(text.slice(done, match.index), ...groups.map((group) => group.value));
        done = end;
      }
      if (--left === 0) break;
    }
    pieces.push(this.rightToLeft ? text.slice(0, done) : text.slice(done));
    return this.rightToLeft ? pieces.toReversed() : pieces;
  }

  toString(): string {
    return this.pattern;
  }
}
