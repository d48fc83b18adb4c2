import { argumentException } from '../dotnet-error.js';
import { JContainer } from './j-container.js';
import { JProperty } from './j-property.js';
import { keyText } from './key.js';
import type { JToken } from './j-token.js';
import type { JTokenType } from './j-token-type.js';
import { COPIED_NODE, countWork } from '../work-meter.js';

const fewProperties = 8;

/** What a name among many costs of a budget of steps. */
const stepsOfName = 10;

/** Newtonsoft.Json.Linq.JObject: properties in the order of their insertion. */
export class JObject extends JContainer {
  /** Properties by name, from so many on; of few each is looked at. */
  private byName: Map<string, JProperty> | null = null;

  /** `content`: JProperty tokens, or enumerables of them. */
  constructor(content: Iterable<unknown> = []) {
    super();
    this.add([...content]);
  }

  // Accessors: a tree has many nodes, and each would carry fields.
  override get type(): JTokenType {
    return 'Object';
  }

  override get className(): string {
    return 'JObject';
  }

  /** Properties as the .NET dictionary view: name and value. */
  *entries(): Generator<[string, JToken]> {
    for (const property of this.properties()) yield [property.name, property.value];
  }

  properties(): readonly JProperty[] {
    // validate() lets nothing but properties in.
    return this.items as JProperty[];
  }

  /** The property of that name; `ignoreCase` falls back to the first that differs in case only. */
  property(name: string | null, ignoreCase = false): JProperty | null {
    if (name === null) return null;
    const exact = this.find(name);
    if (exact || !ignoreCase) return exact ?? null;
    const upper = name.toUpperCase();
    return this.properties().find((property) => property.name.toUpperCase() === upper) ?? null;
  }

  has(name: string): boolean {
    return this.find(name) !== undefined;
  }

  override get(key: unknown): JToken | null {
    return this.property(this.requireName(key, 'Accessed'))?.value ?? null;
  }

  override set(key: unknown, value: JToken | null): void {
    const name = this.requireName(key, 'Set');
    const existing = this.find(name);
    if (existing) existing.value = value;
    else this.addProperty(name, value);
  }

  /** `Add(name, value)`: a name that exists is an ArgumentException. */
  addProperty(name: string, value: JToken | null): void {
    this.add(new JProperty(name, value));
  }

  /** What a reader does with a duplicate name: the last value wins at the first place. */
  load(name: string, value: JToken): void {
    const existing = this.find(name);
    if (existing) return existing.reload(value);
    const property = new JProperty(name, value);
    this.adopt(property);
    if (this.byName) {
      countWork(stepsOfName);
      this.byName.set(name, property);
    }
    return undefined;
  }

  /** `Remove(name)`: whether there was such a property. */
  removeProperty(name: string | null): boolean {
    const property = name === null ? undefined : this.find(name);
    return property !== undefined && this.removeItem(property);
  }

  override insertItem(index: number, item: JToken | null): boolean {
    // A comment has no name to stand under.
    if (item?.type === 'Comment') return false;
    const inserted = super.insertItem(index, item);
    const property = this.items[index] as JProperty;
    this.byName?.set(property.name, property);
    return inserted;
  }

  override append(token: JToken): void {
    super.append(token);
    this.byName?.set((token as JProperty).name, token as JProperty);
  }

  override setItem(index: number, item: JToken | null): void {
    const existing = this.items[index] as JProperty | undefined;
    super.setItem(index, item);
    if (existing) this.byName?.delete(existing.name);
    const property = this.items[index] as JProperty;
    this.byName?.set(property.name, property);
  }

  override removeItemAt(index: number): void {
    const existing = this.items[index] as JProperty | undefined;
    super.removeItemAt(index);
    if (existing) this.byName?.delete(existing.name);
  }

  override removeAll(): void {
    super.removeAll();
    this.byName = null;
  }

  override deepClone(): JObject {
    countWork(COPIED_NODE * (1 + this.items.length));
    const copy = new JObject();
    for (const property of this.items) copy.append(property.deepClone());
    return copy;
  }

  protected override validate(token: JToken, existing: JToken | null): void {
    if (!(token instanceof JProperty))
      throw argumentException(`Can not add ${token.fullName} to ${this.fullName}.`);
    if (existing instanceof JProperty && existing.name === token.name) return;
    if (this.find(token.name))
      throw argumentException(
        `Can not add property ${token.name} to ${this.fullName}. Property with the same name already exists on object.`,
      );
  }

  private find(name: string): JProperty | undefined {
    if (this.byName) return this.byName.get(name);
    const properties = this.properties();
    if (properties.length > fewProperties) {
      this.byName = new Map(properties.map((property) => [property.name, property]));
      return this.byName.get(name);
    }
    for (let i = 0; i < properties.length; i++)
      if (properties[i]!.name === name) return properties[i];
    return undefined;
  }

  private requireName(key: unknown, verb: 'Accessed' | 'Set'): string {
    if (typeof key === 'string') return key;
    throw argumentException(
      `${verb} JObject values with invalid key value: ${keyText(key)}. Object property name expected.`,
    );
  }
}
