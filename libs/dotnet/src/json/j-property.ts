import { DotNetError } from '../dotnet-error.js';
import { JArray } from './j-array.js';
import { isMultiContent, JContainer, tokenFromContent } from './j-container.js';
import type { JToken } from './j-token.js';
import type { JTokenType } from './j-token-type.js';
import { JValue } from './j-value.js';

/** Newtonsoft.Json.Linq.JProperty: a name and exactly one value. */
export class JProperty extends JContainer {
  override readonly type: JTokenType = 'Property';
  override readonly className: string = 'JProperty';
  readonly name: string;

  /** `content`: a token, a plain value, or an enumerable, which becomes a JArray. */
  constructor(name: string, content: unknown) {
    super();
    this.name = name;
    super.insertItem(0, isMultiContent(content) ? new JArray(content) : tokenFromContent(content));
  }

  get value(): JToken {
    // The constructor sets it and nothing removes it.
    return this.items[0]!;
  }

  set value(token: JToken | null) {
    this.setItem(0, token ?? JValue.null());
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
