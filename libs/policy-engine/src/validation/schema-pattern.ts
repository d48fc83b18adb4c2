import { Regex, RegexOptions, regexStepLimit } from '@isthmus/dotnet';

/** Tries that the engine's own matcher, which cannot be stopped, may need at worst. */
const mostTries = 1_000_000;

/** Steps of the matcher that counts: about a quarter of a second. */
const mostSteps = 2_000_000;

/**
 * A `pattern` of a schema. Senders choose the text, so what may take long is matched by a matcher that counts its
 * steps. Matching throws when it takes too many.
 */
export class SchemaPattern {
  readonly #native: RegExp;
  readonly #nests: boolean;
  /** The time of the engine's matcher grows at worst with this power of the length. */
  readonly #power: number;
  #counted: Regex | null | undefined;

  /** Throws SyntaxError. */
  constructor(
    private readonly pattern: string,
    flags: string,
  ) {
    this.#native = new RegExp(pattern, flags);
    // What stands in brackets or behind a backslash is one character.
    const plain = pattern.replace(/\\./g, 'c').replace(/\[[^\]]*\]/g, 'c');
    this.#nests = /\)(?:[*+]|\{\d+,?\d*\})/.test(plain);
    const repeats = plain.match(/[*+]|\{\d+,\d*\}/g)?.length ?? 0;
    this.#power = repeats + (plain.startsWith('^') ? 0 : 1);
  }

  test(text: string): boolean {
    if (!this.#nests && text.length ** this.#power <= mostTries) return this.#native.test(text);
    if (this.#nests && text.length < 16) return this.#native.test(text);
    this.#counted ??= countedForm(this.pattern);
    return this.#counted
      ? this.#counted.withSteps(regexStepLimit(mostSteps)).isMatch(text)
      : this.#native.test(text);
  }

  /** By this the validator tells patterns from each other. */
  toString(): string {
    return this.#native.toString();
  }
}

/** The same for the .NET matcher; null where it does not know the syntax. */
function countedForm(pattern: string): Regex | null {
  // `$` of .NET stands before a last line end too.
  const closed = pattern.replace(/(?<!\\)\$$/, String.raw`\z`);
  for (const options of [RegexOptions.ECMAScript, RegexOptions.None])
    try {
      return new Regex(closed, options);
    } catch {
      // The other options know more.
    }
  return null;
}
