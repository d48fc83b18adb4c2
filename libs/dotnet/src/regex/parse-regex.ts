import { foldCase, ignoringCase, type CharTest } from './char-class.js';
import { makeGroupTable, type FoundGroups } from './group-table.js';
import type { AnchorKind, GroupTable, RegexNode } from './node.js';
import { readCharEscape, readClassEscape } from './parse-escape.js';
import { readGroup } from './parse-group.js';
import { readSet } from './parse-set.js';
import { PatternReader } from './pattern-reader.js';
import { RegexOptions } from './regex-options.js';

export interface ParsedRegex {
  readonly root: RegexNode;
  readonly groups: GroupTable;
}

/** Parses a .NET pattern: once to number the groups, once to build the tree. Throws RegexParseException. */
export function parseRegex(pattern: string, options: number): ParsedRegex {
  const found: FoundGroups = { autoNumber: 1, numbers: new Set([0]), names: [] };
  new RegexParser(new PatternReader(pattern, options), found, undefined).parse();
  const groups = makeGroupTable(found);
  const second: FoundGroups = { autoNumber: 1, numbers: new Set(), names: [] };
  const root = new RegexParser(new PatternReader(pattern, options), second, groups).parse();
  return { root, groups };
}

const EMPTY: RegexNode = { kind: 'empty' };
/** Nesting beyond this is refused rather than risking the call stack. */
const MOST_NESTING = 1000;

/** Recursive-descent parser; `groups` is absent in the first, numbering pass. */
export class RegexParser {
  private depth = 0;

  constructor(
    readonly reader: PatternReader,
    readonly found: FoundGroups,
    readonly groups: GroupTable | undefined,
  ) {}

  parse(): RegexNode {
    const root = this.alternatives();
    if (!this.reader.ended) {
      this.reader.at++;
      throw this.reader.error("Too many )'s.");
    }
    return root;
  }

  get rtl(): boolean {
    return this.reader.has(RegexOptions.RightToLeft);
  }

  /** Branches up to a closing parenthesis or the end; inline options reach to the end of the group. */
  alternatives(): RegexNode {
    const branches = this.branches();
    return branches.length === 1 ? (branches[0] ?? EMPTY) : { kind: 'either', items: branches };
  }

  branches(): RegexNode[] {
    if (++this.depth > MOST_NESTING) throw this.reader.error('The pattern is nested too deeply.');
    const branches: RegexNode[] = [];
    do branches.push(this.sequence());
    while (this.reader.take('|'));
    this.depth--;
    return branches;
  }

  private sequence(): RegexNode {
    const items: RegexNode[] = [];
    const { rtl } = this;
    for (;;) {
      this.reader.skipBlanks();
      const char = this.reader.peek();
      if (char === '' || char === '|' || char === ')') break;
      const atom = this.atom();
      if (atom) items.push(this.quantified(atom));
    }
    if (items.length === 0) return EMPTY;
    return items.length === 1 && items[0] ? items[0] : { kind: 'concat', items, rtl };
  }

  /** One item without its quantifier; undefined for an inline option `(?i)`. */
  private atom(): RegexNode | undefined {
    const { reader } = this;
    const char = reader.next();
    switch (char) {
      case '(':
        return readGroup(this);
      case '[':
        return this.set(readSet(reader));
      case '\\':
        return this.escape();
      case '.':
        return this.set(
          reader.has(RegexOptions.Singleline) ? () => true : (code: number): boolean => code !== 10,
        );
      case '^':
        return anchor(reader.has(RegexOptions.Multiline) ? 'lineStart' : 'start');
      case '$':
        return anchor(reader.has(RegexOptions.Multiline) ? 'lineEnd' : 'endOrNewline');
      case '*':
      case '+':
      case '?':
        throw reader.error(`Quantifier '${char}' following nothing.`);
      case '{':
        if (this.isCount(reader.at - 1)) throw reader.error("Quantifier '{' following nothing.");
        return this.char(char.charCodeAt(0));
      default:
        return this.char(char.charCodeAt(0));
    }
  }

  private isCount(at: number): boolean {
    return /^\{\d+(?:,\d*)?\}/.test(this.reader.pattern.slice(at));
  }

  set(test: CharTest): RegexNode {
    return { kind: 'char', test, code: undefined, rtl: this.rtl };
  }

  char(code: number): RegexNode {
    if (!this.reader.has(RegexOptions.IgnoreCase)) {
      return { kind: 'char', test: (other) => other === code, code, rtl: this.rtl };
    }
    return this.set(ignoringCase((other) => other === code || foldCase(other) === foldCase(code)));
  }

  private quantified(atom: RegexNode): RegexNode {
    const { reader } = this;
    reader.skipBlanks();
    const char = reader.peek();
    let bounds: readonly [number, number] | undefined;
    if (char === '*') bounds = [0, Infinity];
    else if (char === '+') bounds = [1, Infinity];
    else if (char === '?') bounds = [0, 1];
    if (bounds) reader.at++;
    else if (char === '{' && this.isCount(reader.at)) bounds = this.count();
    if (!bounds) return atom;
    reader.skipBlanks();
    const lazy = reader.take('?');
    reader.skipBlanks();
    const after = reader.peek();
    if (/^[*+?]$/.test(after) || (after === '{' && this.isCount(reader.at))) {
      reader.at++;
      throw reader.error(`Nested quantifier '${after}'.`);
    }
    return { kind: 'loop', node: atom, min: bounds[0], max: bounds[1], lazy };
  }

  private count(): readonly [number, number] {
    const { reader } = this;
    reader.at++;
    const min = reader.number() ?? 0;
    let max = min;
    if (reader.take(',')) max = reader.number() ?? Infinity;
    reader.at++;
    if (max < min) throw reader.error('Illegal {x,y} with x > y.');
    return [min, max];
  }

  private escape(): RegexNode {
    const { reader } = this;
    if (reader.ended) throw reader.error('Illegal \\ at end of pattern.');
    const letter = reader.peek();
    const ecma = reader.has(RegexOptions.ECMAScript);
    const anchors: Readonly<Record<string, AnchorKind>> = {
      A: 'start',
      Z: 'endOrNewline',
      z: 'end',
      G: 'previousEnd',
      b: ecma ? 'asciiBoundary' : 'boundary',
      B: ecma ? 'asciiNonBoundary' : 'nonBoundary',
    };
    const kind = anchors[letter];
    if (kind) {
      reader.at++;
      return anchor(kind);
    }
    const named = readClassEscape(reader);
    if (named) {
      // Classes by category compare case variants too: \p{Lu} matches `a` when case is ignored.
      return this.set(
        /[pP]/.test(letter) && reader.has(RegexOptions.IgnoreCase) ? ignoringCase(named) : named,
      );
    }
    return this.backreference() ?? this.char(readCharEscape(reader));
  }

  /** `\1`, `\k<name>`, `\<name>`; undefined when it is a character escape. */
  private backreference(): RegexNode | undefined {
    const { reader } = this;
    const start = reader.at;
    const isK = reader.take('k');
    const open = reader.peek();
    if (open === '<' || open === "'") {
      reader.at++;
      const close = open === '<' ? '>' : "'";
      const name = reader.name();
      if (name !== '' && reader.take(close)) return this.namedReference(name, reader.at - 1);
      if (isK) throw reader.error('Malformed \\k<...> named back reference.');
      reader.at = start;
      return undefined;
    }
    if (isK) {
      reader.at = start;
      throw reader.error('Malformed \\k<...> named back reference.');
    }
    return /[1-9]/.test(reader.peek()) ? this.numberedReference() : undefined;
  }

  private namedReference(name: string, offset: number): RegexNode {
    const number = /^\d+$/.test(name) ? Number(name) : this.groups?.numberOfName.get(name);
    if (this.groups && (number === undefined || !this.groups.numbers.includes(number))) {
      this.reader.at = offset;
      throw this.reader.error(
        /^\d+$/.test(name)
          ? `Reference to undefined group number ${name}.`
          : `Reference to undefined group name '${name}'.`,
      );
    }
    return this.reference(number ?? 0);
  }

  private numberedReference(): RegexNode | undefined {
    const { reader, groups } = this;
    const start = reader.at;
    const digits = reader.match(/\d+/y)?.[0] ?? '';
    const exists = (text: string): boolean =>
      groups === undefined || groups.numbers.includes(Number(text));
    if (reader.has(RegexOptions.ECMAScript)) {
      for (let length = digits.length; length > 0; length--) {
        const part = digits.slice(0, length);
        if (exists(part)) {
          reader.at = start + length;
          return this.reference(Number(part));
        }
      }
    } else {
      if (exists(digits)) return this.reference(Number(digits));
      if (Number(digits) <= 9) throw reader.error(`Reference to undefined group number ${digits}.`);
    }
    reader.at = start;
    return undefined;
  }

  private reference(group: number): RegexNode {
    return {
      kind: 'reference',
      group,
      ignoreCase: this.reader.has(RegexOptions.IgnoreCase),
      emptyWhenUnset: this.reader.has(RegexOptions.ECMAScript),
      rtl: this.rtl,
    };
  }
}

const anchor = (kind: AnchorKind): RegexNode => ({ kind: 'anchor', anchor: kind });
