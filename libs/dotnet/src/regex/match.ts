import type { CaptureLink } from './machine.js';
import type { Regex } from './regex.js';

/** One capture: its place in the text and its value. */
export class Capture {
  constructor(
    protected readonly text: string,
    readonly index: number,
    readonly length: number,
  ) {}

  get value(): string {
    return this.text.slice(this.index, this.index + this.length);
  }

  toString(): string {
    return this.value;
  }
}

/** A group of a match: the last of its captures. */
export class Group extends Capture {
  readonly captures: readonly Capture[];

  constructor(
    text: string,
    readonly name: string,
    captures: readonly Capture[],
  ) {
    const last = captures.at(-1);
    super(text, last?.index ?? 0, last?.length ?? 0);
    this.captures = captures;
  }

  get success(): boolean {
    return this.captures.length > 0;
  }

  override get value(): string {
    return this.success ? super.value : '';
  }
}

/** Captures in the order they were made. */
export function capturesOf(text: string, link: CaptureLink | undefined): Capture[] {
  const captures: Capture[] = [];
  for (let at = link; at; at = at.previous)
    captures.push(new Capture(text, at.start, at.end - at.start));
  return captures.toReversed();
}

/** Where a search goes on after a match. */
export interface Continuation {
  readonly start: number;
  readonly from: number;
  readonly to: number;
  /** The end of the match when it was empty: the search must move on first. */
  readonly wasEmpty: boolean;
}

/** A match; `success` is false for Match.Empty and where nothing was found. */
export class Match extends Group {
  /** In ascending order of their numbers; group 0 is the match. */
  readonly groups: readonly Group[];

  constructor(
    text: string,
    groups: readonly Group[],
    private readonly source: { readonly regex: Regex; readonly next: Continuation } | undefined,
  ) {
    super(text, '0', groups[0]?.captures ?? []);
    this.groups = groups.length === 0 ? [this] : [this, ...groups.slice(1)];
  }

  static readonly empty = new Match('', [], undefined);

  /** The whole text that was searched. */
  get input(): string {
    return this.text;
  }

  /** The group of a number or a name; an unsuccessful group for unknown ones. */
  group(key: number | string): Group {
    const index = this.source?.regex.groupIndex(key) ?? (key === 0 || key === '0' ? 0 : -1);
    return this.groups[index] ?? new Group('', String(key), []);
  }

  nextMatch(): Match {
    return this.source ? this.source.regex.continueAt(this.text, this.source.next) : this;
  }

  /** A replacement pattern expanded for this match. */
  result(replacement: string): string {
    return this.source ? this.source.regex.expand(replacement, this) : '';
  }
}
