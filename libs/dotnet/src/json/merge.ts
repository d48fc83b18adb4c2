import { isBoxedValue } from '../boxed-value.js';
import { argumentException } from '../dotnet-error.js';
import { deepEquals } from './deep-equals.js';
import { JArray } from './j-array.js';
import type { JContainer } from './j-container.js';
import { isMultiContent, tokenFromContent } from './j-container.js';
import { JObject } from './j-object.js';
import { JToken } from './j-token.js';
import { JValue } from './j-value.js';

/** JsonMergeSettings. */
export interface MergeSettings {
  readonly arrays?: 'Concat' | 'Union' | 'Replace' | 'Merge';
  /** Merge: nulls of the content overwrite. */
  readonly nulls?: 'Ignore' | 'Merge';
  /** Whether property names may differ in case. */
  readonly ignoreCase?: boolean;
}

/** `container.Merge(content, settings)`: content that does not fit is left out. */
export function merge(target: JContainer, content: unknown, settings: MergeSettings = {}): void {
  if (content === null || content === undefined) return;
  if (!(content instanceof JToken) && !isMultiContent(content))
    throw argumentException(
      `Could not determine JSON object type for type ${isBoxedValue(content) ? content.typeName : typeof content}.`,
      'content',
    );
  if (target instanceof JObject) mergeObject(target, content, settings);
  else if (target instanceof JArray) mergeArray(target, content, settings);
}

function mergeObject(target: JObject, content: unknown, settings: MergeSettings): void {
  if (!(content instanceof JObject)) return;
  for (const source of content.properties()) {
    const existing = target.property(source.name, settings.ignoreCase ?? false);
    const isNull = source.value.type === 'Null';
    if (!existing) target.addProperty(source.name, source.value);
    else if (isNull && settings.nulls !== 'Merge') continue;
    else if (
      (existing.value instanceof JObject || existing.value instanceof JArray) &&
      existing.value.type === source.value.type
    )
      merge(existing.value, source.value, settings);
    else existing.value = source.value;
  }
}

function mergeArray(target: JArray, content: unknown, settings: MergeSettings): void {
  const items = itemsOf(content);
  switch (settings.arrays ?? 'Concat') {
    case 'Concat':
      for (const item of items) target.add(item);
      break;
    case 'Union':
      for (const item of items)
        if (!target.children().some((existing) => deepEquals(existing, item))) target.add(item);
      break;
    case 'Replace':
      if (items === target.children()) return;
      target.removeAll();
      for (const item of items) target.add(item);
      break;
    case 'Merge':
      mergeItems(target, items, settings);
      break;
  }
}

function mergeItems(target: JArray, items: readonly JToken[], settings: MergeSettings): void {
  for (const [i, item] of items.entries()) {
    if (i >= target.count) {
      target.add(item);
      continue;
    }
    const existing = target.at(i);
    if (existing instanceof JObject || existing instanceof JArray) merge(existing, item, settings);
    else if (item.type !== 'Null' || !(item instanceof JValue)) target.setItem(i, item);
  }
}

function itemsOf(content: unknown): readonly JToken[] {
  if (content instanceof JArray) return [...content.children()];
  if (content instanceof JToken) return [...content.children()];
  if (isMultiContent(content)) return [...content].map(tokenFromContent);
  throw argumentException('Unexpected value type when merging JSON array content.', 'content');
}
