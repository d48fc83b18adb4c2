import { DotNetError } from '../dotnet-error.js';
import { JArray } from './j-array.js';
import { isMultiContent, JContainer, tokenFromContent } from './j-container.js';
import { JToken } from './j-token.js';
import type { JTokenType } from './j-token-type.js';
import { JValue } from './j-value.js';

/** Newtonsoft.Json.Linq.JProperty: a name and exactly one value. */
export class JProperty extends JContainer {
  readonly name: string;

  /** `content`: a token, a plain value, or an enumerable, which becomes a JArray. */
  constructor(name: string, content: unknown) {
    const made =
      content instanceof JToken && content.parent === null && content.type !== 'Property';
    // An array made with its one element takes a seventh of the room of one that grows.
    super(made ? [content] : []);
    this.name = name;
    if (!made)
      super.insertItem(
        0,
        isMultiContent(content) ? new JArray(content) : tokenFromContent(content),
      );
  }

  // Accessors: a tree has many nodes, and each would carry fields.
  override get type(): JTokenType {
    return 'Property';
  }

  override get className(): string {
    return 'JProperty';
  }

  get value(): JToken {
    // The constructor sets it and nothing removes it.
    return this.items[0]!;
  }

  set value(token: JToken | null) {
    this.setItem(0, token ?? JValue.null());
  }

  /** The value that a reader found last under this name. */
  reload(token: JToken): void {
    this.items[0] = token;
    token.parent = this;
  }

  override insertItem(_index: number, item: JToken | null): boolean {
    if (item?.type === 'Comment') return false;
    throw new DotNetError(
      'Newtonsoft.Json.JsonException',
      'Newtonsoft.Json.Linq.JProperty cannot have multiple values.',
    );
  }

  override removeItem(_item: JToken | null): boolean {
    throw this.fixed();
  }

  override removeItemAt(_index: number): void {
    throw this.fixed();
  }

  override removeAll(): void {
    throw this.fixed();
  }

  override deepClone(): JProperty {
    return new JProperty(this.name, this.value.deepClone());
  }

  private fixed(): DotNetError {
    return new DotNetError(
      'Newtonsoft.Json.JsonException',
      'Cannot add or remove items from Newtonsoft.Json.Linq.JProperty.',
    );
  }
}
