import { JToken, XAttribute, XDeclaration, XNode, argumentNull } from '@isthmus/dotnet';
import { inspect } from '../../runtime/inspect.js';
import { textOf } from '../../runtime/text.js';

/** What an element's or document's content may hold, with arrays and lists unfolded to plain arrays. */
export function contentOf(value: unknown): unknown {
  if (
    value instanceof XNode ||
    value instanceof XAttribute ||
    value instanceof XDeclaration ||
    value instanceof JToken
  )
    return value;
  const seen = inspect(value);
  if (seen.kind === 'sequence') return [...seen.items].map(contentOf);
  if (seen.kind === 'enum') return seen.text;
  if (seen.kind === 'bytes') return [...seen.value];
  if (seen.kind === 'dictionary' || seen.kind === 'object')
    return seen.kind === 'dictionary'
      ? seen.entries.map(([key, item]) => `[${key}, ${textOf(item)}]`)
      : textOf(value);
  return value;
}

/** `params object[] content`. */
export function contentsOf(values: readonly unknown[] | null): unknown[] {
  return values === null ? [] : [...values].map(contentOf);
}

/** The value of an attribute: lists have no text of their own. */
export function attributeValueOf(value: unknown): unknown {
  const seen = inspect(value);
  return ['sequence', 'dictionary', 'object', 'enum'].includes(seen.kind) ? textOf(value) : value;
}

export function required<T>(value: T | null, name: string): T {
  if (value === null || value === undefined) throw argumentNull(name);
  return value;
}

/** The bits of SaveOptions: DisableFormatting 1, OmitDuplicateNamespaces 2. */
export function saveOptions(bits: number) {
  return { disableFormatting: (bits & 1) !== 0, omitDuplicateNamespaces: (bits & 2) !== 0 };
}

/** The bits of LoadOptions: PreserveWhitespace 1. */
export function loadOptions(bits: number) {
  return { preserveWhitespace: (bits & 1) !== 0 };
}
