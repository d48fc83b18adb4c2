import { argumentException, argumentOutOfRange, invalidOperation } from '../dotnet-error.js';
import { countWork } from '../work-meter.js';
import { JToken } from './j-token.js';
import { JValue } from './j-value.js';

/** Newtonsoft.Json.Linq.JContainer: a token with child tokens. */
export abstract class JContainer extends JToken {
  /** Grows with every change: enumerations notice it. */
  version = 0;

  /** `items`: children that are there from the start, and fit. */
  constructor(protected readonly items: JToken[] = []) {
    super();
    for (const item of items) item.parent = this;
  }

  get count(): number {
    return this.items.length;
  }

  override get hasValues(): boolean {
    return this.items.length > 0;
  }

  override get first(): JToken | null {
    return this.items[0] ?? null;
  }

  override get last(): JToken | null {
    return this.items.at(-1) ?? null;
  }

  override children(): readonly JToken[] {
    return this.items;
  }

  /** The children as .NET enumerates them: a change in between is an error. */
  *enumerate(): Generator<JToken> {
    const { version } = this;
    for (const item of this.items) {
      yield item;
      if (version !== this.version)
        throw invalidOperation('Collection was modified; enumeration operation may not execute.');
    }
  }

  /** All tokens below this one, in document order. */
  *descendants(): Generator<JToken> {
    for (const item of this.items) {
      countWork(1);
      yield item;
      if (item instanceof JContainer) yield* item.descendants();
    }
  }

  *descendantsAndSelf(): Generator<JToken> {
    yield this;
    yield* this.descendants();
  }

  /** Position of a child by reference; -1 if it is none. */
  indexOf(item: JToken | null): number {
    countWork(this.items.length >> 6);
    return item === null ? -1 : this.items.indexOf(item);
  }

  siblingOf(item: JToken, distance: 1 | -1): JToken | null {
    const index = this.indexOf(item);
    return index < 0 ? null : (this.items[index + distance] ?? null);
  }

  /** Adds content at the end: a token, a plain value, or an enumerable of either. */
  add(content: unknown): void {
    this.insertContent(this.items.length, content);
  }

  addFirst(content: unknown): void {
    this.insertContent(0, content);
  }

  /** Inserts content at an index; enumerables are unfolded. */
  insertContent(index: number, content: unknown): void {
    if (isMultiContent(content)) {
      let at = index;
      for (const part of content) this.insertContent(at++, part);
    } else {
      this.insertItem(index, tokenFromContent(content));
    }
  }

  /** Inserts one token; a token that has a parent is copied. False if it was left out. */
  insertItem(index: number, item: JToken | null): boolean {
    if (index < 0 || index > this.items.length) throw argumentOutOfRange('index', listIndex);
    const token = this.ownToken(item);
    this.validate(token, null);
    token.parent = this;
    countWork((this.items.length - index) >> 8);
    this.items.splice(index, 0, token);
    this.version++;
    return true;
  }

  /** Appends a token just made by a reader or a clone: no checks of the parent. */
  append(token: JToken): void {
    this.validate(token, null);
    token.parent = this;
    this.items.push(token);
  }

  /** Appends a token that a reader has just made and that fits. */
  adopt(token: JToken): void {
    token.parent = this;
    this.items.push(token);
  }

  setItem(index: number, item: JToken | null): void {
    const existing = this.items[index];
    if (!existing || index < 0) throw argumentOutOfRange('index', listIndex);
    if (isUnchanged(existing, item)) return;
    const token = this.ownToken(item);
    this.validate(token, existing);
    token.parent = this;
    existing.parent = null;
    this.items[index] = token;
    this.version++;
  }

  removeItem(item: JToken | null): boolean {
    const index = this.indexOf(item);
    if (index < 0) return false;
    this.removeItemAt(index);
    return true;
  }

  removeItemAt(index: number): void {
    const item = this.items[index];
    if (!item) throw argumentOutOfRange('index', listIndex);
    item.parent = null;
    this.items.splice(index, 1);
    this.version++;
  }

  replaceItem(existing: JToken, replacement: JToken | null): void {
    this.setItem(this.indexOf(existing), replacement);
  }

  /** Removes all children. */
  removeAll(): void {
    for (const item of this.items) item.parent = null;
    this.items.length = 0;
    this.version++;
  }

  replaceAll(content: unknown): void {
    this.removeAll();
    this.add(content);
  }

  /** Refuses a child that does not fit; `existing` is the one it takes the place of. */
  protected validate(token: JToken, _existing: JToken | null): void {
    if (token.type === 'Property')
      throw argumentException(`Can not add ${token.fullName} to ${this.fullName}.`);
  }

  private ownToken(item: JToken | null): JToken {
    if (item === null) return JValue.null();
    const taken = item.parent !== null || item === this || (item.hasValues && this.root === item);
    return taken ? item.deepClone() : item;
  }
}

export const listIndex =
  'Index was out of range. Must be non-negative and less than the size of the collection.';

/** Content that a container unfolds: enumerables, but no text, tokens or bytes. */
export function isMultiContent(content: unknown): content is Iterable<unknown> {
  return (
    typeof content === 'object' &&
    content !== null &&
    !(content instanceof JToken) &&
    !(content instanceof Uint8Array) &&
    Symbol.iterator in content
  );
}

/** The token that stands for one piece of content: itself, or a JValue around it. */
export function tokenFromContent(content: unknown): JToken {
  return content instanceof JToken ? content : JValue.of(content);
}

function isUnchanged(existing: JToken, item: JToken | null): boolean {
  if (!(existing instanceof JValue)) return false;
  return (existing.type === 'Null' && item === null) || (item !== null && existing.equals(item));
}
