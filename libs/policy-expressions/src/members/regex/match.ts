import { argumentNull, argumentOutOfRange, Capture, Group, Match } from '@isthmus/dotnet';
import { typeTable } from '../table.js';

/** The matches of a text, found one after the other when they are asked for. */
export class MatchCollection implements Iterable<Match> {
  private readonly found: Match[] = [];

  constructor(private readonly source: Iterator<Match>) {}

  /** The match at a position; throws ArgumentOutOfRangeException. */
  at(index: number): Match {
    const match = index >= 0 ? this.load(index) : undefined;
    if (!match) throw argumentOutOfRange('i');
    return match;
  }

  get count(): number {
    let index = this.found.length;
    while (this.load(index)) index++;
    return this.found.length;
  }

  *[Symbol.iterator](): Iterator<Match> {
    for (let index = 0; ; index++) {
      const match = this.load(index);
      if (!match) return;
      yield match;
    }
  }

  private load(index: number): Match | undefined {
    while (this.found.length <= index) {
      const next = this.source.next();
      if (next.done) return undefined;
      this.found.push(next.value);
    }
    return this.found[index];
  }
}

/** The groups of a match by number or name. */
class GroupCollection implements Iterable<Group> {
  constructor(private readonly match: Match) {}

  get count(): number {
    return this.match.groups.length;
  }

  get(key: number | string): Group {
    return this.match.group(key);
  }

  /** .NET walks the numbers 0 to Count - 1, so sparse numbers show as groups that did not match. */
  *[Symbol.iterator](): Iterator<Group> {
    for (let number = 0; number < this.count; number++) yield this.match.group(number);
  }
}

/** The captures of a group. */
class CaptureCollection implements Iterable<Capture> {
  constructor(private readonly captures: readonly Capture[]) {}

  get count(): number {
    return this.captures.length;
  }

  at(index: number): Capture {
    const capture = this.captures[index];
    if (!capture) throw argumentOutOfRange('i');
    return capture;
  }

  [Symbol.iterator](): Iterator<Capture> {
    return this.captures[Symbol.iterator]();
  }
}

const NAMESPACE = 'System.Text.RegularExpressions';
const text = (value: Capture): string => value.value;

export const captureTable = typeTable(
  `class ${NAMESPACE}.Capture`,
  { instance: Capture, text },
  {
    'int Index { get; }': { get: (self: Capture) => self.index },
    'int Length { get; }': { get: (self: Capture) => self.length },
    'string Value { get; }': { get: (self: Capture) => self.value },
  },
);

export const groupTable = typeTable(
  `class ${NAMESPACE}.Group : Capture`,
  { instance: Group, text },
  {
    'bool Success { get; }': { get: (self: Group) => self.success },
    'CaptureCollection Captures { get; }': {
      get: (self: Group) => new CaptureCollection(self.captures),
    },
  },
);

export const matchTable = typeTable(
  `class ${NAMESPACE}.Match : Group`,
  { instance: Match, text },
  {
    'static Match Empty { get; }': { get: () => Match.empty },
    'GroupCollection Groups { get; }': { get: (self: Match) => new GroupCollection(self) },
    'string Result(string replacement)': (self: Match, replacement: string | null) => {
      if (replacement === null) throw argumentNull('replacement');
      return self.result(replacement);
    },
  },
);

export const matchCollectionTable = typeTable(
  `class ${NAMESPACE}.MatchCollection : ICollection<Match>, IReadOnlyList<Match>`,
  { instance: MatchCollection, items: (self: MatchCollection) => self },
  {
    'int Count { get; }': { get: (self: MatchCollection) => self.count },
    'Match this[int i] { get; }': { get: (self: MatchCollection, index: number) => self.at(index) },
  },
);

export const groupCollectionTable = typeTable(
  `class ${NAMESPACE}.GroupCollection : ICollection<Group>, IReadOnlyList<Group>`,
  { instance: GroupCollection, items: (self: GroupCollection) => self },
  {
    'int Count { get; }': { get: (self: GroupCollection) => self.count },
    'Group this[int groupnum] { get; }': {
      get: (self: GroupCollection, number: number) => self.get(number),
    },
    'Group this[string groupname] { get; }': {
      get: (self: GroupCollection, name: string | null) => {
        if (name === null) throw argumentNull('groupname');
        return self.get(name);
      },
    },
  },
);

export const captureCollectionTable = typeTable(
  `class ${NAMESPACE}.CaptureCollection : ICollection<Capture>, IReadOnlyList<Capture>`,
  { instance: CaptureCollection, items: (self: CaptureCollection) => self },
  {
    'int Count { get; }': { get: (self: CaptureCollection) => self.count },
    'Capture this[int i] { get; }': {
      get: (self: CaptureCollection, index: number) => self.at(index),
    },
  },
);
