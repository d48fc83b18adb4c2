import { argumentException, argumentNull } from '../dotnet-error.js';
import { JArray } from './j-array.js';
import { JConstructor } from './j-constructor.js';
import type { JContainer } from './j-container.js';
import { JObject } from './j-object.js';
import type { JToken } from './j-token.js';
import { JValue } from './j-value.js';
import { loadPlain } from './plain-json.js';
import { JsonReader, type JsonReaderOptions, type JsonToken } from './json-reader.js';

/** JsonLoadSettings beside the reader's own options. */
export interface ParseOptions extends JsonReaderOptions {
  readonly comments?: 'Ignore' | 'Load';
  readonly duplicates?: 'Replace' | 'Ignore' | 'Error';
  /** What may follow the value: comments only as in `Parse` (default), or anything, unread, as in `Load`. */
  readonly rest?: 'comments' | 'unread';
}

/** `JToken.Parse`: any JSON value; throws JsonReaderException with path, line and position. */
export function parseToken(text: string | null, options: ParseOptions = {}): JToken {
  const plain = loadPlain(required(text), options);
  if (plain) return plain;
  const reader = new JsonReader(required(text), options);
  const token = reader.read();
  if (!token) throw reader.cursor.error('Error reading JToken from JsonReader');
  const result = loadToken(reader, token, options);
  if (options.rest !== 'unread') readToEnd(reader);
  return result;
}

/** `JObject.Parse`. */
export function parseObject(text: string | null, options: ParseOptions = {}): JObject {
  return parseKind(text, 'Object', options) as JObject;
}

/** `JArray.Parse`. */
export function parseArray(text: string | null, options: ParseOptions = {}): JArray {
  return parseKind(text, 'Array', options) as JArray;
}

/** `JConstructor.Parse`. */
export function parseConstructor(text: string | null, options: ParseOptions = {}): JConstructor {
  return parseKind(text, 'Constructor', options) as JConstructor;
}

function parseKind(
  text: string | null,
  kind: 'Object' | 'Array' | 'Constructor',
  options: ParseOptions,
): JToken {
  const plain = loadPlain(required(text), options);
  if (plain?.type === kind) return plain;
  const reader = new JsonReader(required(text), options);
  let token = reader.read();
  if (!token) throw reader.cursor.error(`Error reading J${kind} from JsonReader`);
  while (token?.kind === 'Comment') token = reader.read();
  if (token?.kind !== 'Start' || token.container !== kind)
    throw reader.cursor.error(
      `Error reading J${kind} from JsonReader. Current JsonReader item is not ${nouns[kind]}: ${tokenName(token)}`,
    );
  const result = loadToken(reader, token, options);
  if (options.rest !== 'unread') readToEnd(reader);
  return result;
}

const nouns = { Object: 'an object', Array: 'an array', Constructor: 'a constructor' };

function required(text: string | null): string {
  if (text === null) throw argumentNull('s');
  return text;
}

// Only comments may follow the value.
function readToEnd(reader: JsonReader): void {
  while (reader.read());
}

/** Loads the token that begins with `first`; the reader then stands behind it. */
function loadToken(reader: JsonReader, first: JsonToken, options: ParseOptions): JToken {
  if (first.kind === 'Comment') return JValue.comment(first.text);
  if (first.kind === 'Value') return first.value;
  if (first.kind !== 'Start')
    throw reader.cursor.error(
      `Error reading JToken from JsonReader. Unexpected token: ${tokenName(first)}`,
    );
  const root = emptyContainer(first);
  const open: { container: JContainer; name: string | null }[] = [{ container: root, name: null }];
  let empty = true;
  while (open.length > 0) {
    const token = reader.read();
    if (!token)
      throw reader.cursor.error(
        empty
          ? `Error reading ${root.className} from JsonReader`
          : `Unexpected end of content while loading ${root.className}`,
      );
    empty = false;
    takeToken(token, open, options);
  }
  return root;
}

type OpenContainers = { container: JContainer; name: string | null }[];

function takeToken(token: JsonToken, open: OpenContainers, options: ParseOptions): void {
  const top = open.at(-1)!;
  switch (token.kind) {
    case 'PropertyName':
      top.name = token.name;
      break;
    case 'End':
      open.pop();
      break;
    case 'Comment':
      if (options.comments === 'Load' && top.container.type !== 'Object')
        top.container.append(JValue.comment(token.text));
      break;
    case 'Value':
      place(token.value, top, options);
      break;
    case 'Start': {
      const child = emptyContainer(token);
      place(child, top, options);
      open.push({ container: child, name: null });
      break;
    }
  }
}

function place(
  token: JToken,
  top: { container: JContainer; name: string | null },
  options: ParseOptions,
): void {
  const { container, name } = top;
  if (!(container instanceof JObject)) return container.append(token);
  if (container.has(name!)) {
    if (options.duplicates === 'Ignore') return undefined;
    if (options.duplicates === 'Error')
      throw argumentException(
        `Property with the name '${name}' already exists in the current JSON object.`,
      );
  }
  return container.load(name!, token);
}

function emptyContainer(token: JsonToken & { kind: 'Start' }): JContainer {
  if (token.container === 'Object') return new JObject();
  return token.container === 'Array' ? new JArray() : new JConstructor(token.name ?? null);
}

function tokenName(token: JsonToken | null): string {
  if (!token) return 'None';
  if (token.kind === 'Start' || token.kind === 'End') return `${token.kind}${token.container}`;
  return token.kind === 'Value' ? token.value.type : token.kind;
}
