import { DotNetError } from '../dotnet-error.js';
import { buildPath, type PathStep } from './path-text.js';
import type { JContainer } from './j-container.js';
import type { Formatting, JTokenType } from './j-token-type.js';
import { writeToken } from './writer.js';

/**
 * Newtonsoft.Json.Linq.JToken: a node of a mutable JSON tree that knows its parent.
 * Members have the names of the .NET ones in camel case and throw what those throw.
 */
export abstract class JToken {
  /** The container this token stands in; null for a root. */
  parent: JContainer | null = null;

  abstract readonly type: JTokenType;

  /** The .NET class name, as messages and `tokenType` tables show it. */
  abstract readonly className: string;

  /** A copy without parent. */
  abstract deepClone(): JToken;

  get hasValues(): boolean {
    return false;
  }

  get root(): JToken {
    return this.parent ? this.parent.root : this;
  }

  get next(): JToken | null {
    return this.parent?.siblingOf(this, 1) ?? null;
  }

  get previous(): JToken | null {
    return this.parent?.siblingOf(this, -1) ?? null;
  }

  /** Path from the root in the form of error messages: `a.b[0]['x y']`. */
  get path(): string {
    if (!this.parent) return '';
    const steps: PathStep[] = [];
    let below: JToken | null = null;
    for (const token of this.ancestorsAndSelf()) {
      if (token.type === 'Property') steps.push((token as unknown as { name: string }).name);
      else if ((token.type === 'Array' || token.type === 'Constructor') && below)
        steps.push((token as JContainer).indexOf(below));
      below = token;
    }
    return buildPath(steps.toReversed());
  }

  get first(): JToken | null {
    throw noChildren(this);
  }

  get last(): JToken | null {
    throw noChildren(this);
  }

  /** Child tokens in document order; none for a value. */
  children(): readonly JToken[] {
    return [];
  }

  /** The indexer `token[key]`; a value has no children to look up. */
  get(_key: unknown): JToken | null {
    throw noChildren(this);
  }

  /** The indexer's setter. */
  set(_key: unknown, _value: unknown): void {
    throw new DotNetError(
      'System.InvalidOperationException',
      `Cannot set child value on ${this.fullName}.`,
    );
  }

  get fullName(): string {
    return `Newtonsoft.Json.Linq.${this.className}`;
  }

  *ancestors(): Generator<JToken> {
    for (let token = this.parent; token; token = token.parent) yield token;
  }

  *ancestorsAndSelf(): Generator<JToken> {
    yield this;
    yield* this.ancestors();
  }

  *afterSelf(): Generator<JToken> {
    for (let token = this.next; token; token = token.next) yield token;
  }

  *beforeSelf(): Generator<JToken> {
    if (!this.parent) return;
    for (let token = this.parent.first; token && token !== this; token = token.next) yield token;
  }

  /** Removes this token from its parent. */
  remove(): void {
    this.requireParent().removeItem(this);
  }

  /** Puts `value` in the place of this token. */
  replace(value: JToken | null): void {
    this.requireParent().replaceItem(this, value);
  }

  /** Adds content, as a container's constructor would take it, right after this token. */
  addAfterSelf(content: unknown): void {
    const parent = this.requireParent();
    parent.insertContent(parent.indexOf(this) + 1, content);
  }

  addBeforeSelf(content: unknown): void {
    const parent = this.requireParent();
    parent.insertContent(parent.indexOf(this), content);
  }

  /** `ToString()`: indented JSON; for a value its bare text (see JValue). */
  toString(): string {
    return this.toJson('Indented');
  }

  /** `ToString(formatting)`: JSON text, strings in quotes. */
  toJson(formatting: Formatting = 'None'): string {
    return writeToken(this, formatting);
  }

  private requireParent(): JContainer {
    if (!this.parent)
      throw new DotNetError('System.InvalidOperationException', 'The parent is missing.');
    return this.parent;
  }
}

function noChildren(token: JToken): DotNetError {
  return new DotNetError(
    'System.InvalidOperationException',
    `Cannot access child value on ${token.fullName}.`,
  );
}
