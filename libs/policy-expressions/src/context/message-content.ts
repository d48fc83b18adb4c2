import {
  countWork,
  DotNetError,
  encodingOf,
  notSupported,
  parseArray,
  parseDocument,
  parseElement,
  parseObject,
  parseToken,
  urlDecode,
  urlEncode,
  type JToken,
} from '@isthmus/dotnet';
import { typeName, type NetType } from '../binding/net-type.js';
import {
  newDictionary,
  type DictionaryView,
  type NetDictionary,
} from '../runtime/collections/net-dictionary.js';
import { newList } from '../runtime/collections/net-list.js';
import { iterate } from '../runtime/sequence.js';
import type { NetBody } from './views.js';

/** The text of a body: its charset, a byte order mark, else UTF-8. */
function textOfBody(bytes: Uint8Array, charset: string | undefined): string {
  const named =
    charset === undefined || /^utf-?8$/i.test(charset) ? undefined : findEncoding(charset);
  if (named !== undefined) return named;
  return new TextDecoder().decode(bytes);

  function findEncoding(name: string): string | undefined {
    try {
      return encodingOf(name).getString(bytes);
    } catch {
      return undefined;
    }
  }
}

/** The gateway puts a sentence before what the parser says (observed: "The message body is not a valid JSON. …"). */
function json(read: () => JToken): JToken {
  try {
    return read();
  } catch (error) {
    if (error instanceof DotNetError)
      throw new DotNetError(
        error.typeName,
        `The message body is not a valid JSON. ${error.message}`,
        { inner: error },
      );
    throw error;
  }
}

/** The gateway loads from a reader (observed in its stack traces): what follows the value is not looked at. */
const loaded = { rest: 'unread' } as const;

/** `IMessageBody.As<T>(preserveContent)`. */
export function readAs(body: NetBody, type: NetType, preserve: boolean): unknown {
  const bytes = body.take(preserve);
  const name = typeName(type);
  if (name === 'byte[]') return bytes.slice();
  const text = textOfBody(bytes, body.body.charset);
  switch (name) {
    case 'string':
    case 'object':
      return text;
    case 'JObject':
      return json(() => parseObject(text, loaded));
    case 'JArray':
      return json(() => parseArray(text, loaded));
    case 'JToken':
      return json(() => parseToken(text, loaded));
    case 'XElement':
      return parseElement(text.replace(/^\uFEFF/, ''));
    case 'XDocument':
      return parseDocument(text.replace(/^\uFEFF/, ''));
    case 'XNode':
      return parseElement(text.replace(/^\uFEFF/, ''));
    default:
      throw notSupported(`As<${name}>: the message body cannot be read as this type.`);
  }
}

/** What a field of a form costs of a budget of steps. */
const stepsOfField = 40;

/** `AsFormUrlEncodedContent()`: names in order, all values of a name together. */
export function readForm(body: NetBody, preserve: boolean): NetDictionary {
  const text = textOfBody(body.take(preserve), body.body.charset);
  const form = newDictionary('string', 'IList<string>');
  for (const part of text.split('&')) {
    if (part === '') continue;
    countWork(stepsOfField);
    const equals = part.indexOf('=');
    const name = urlDecode(equals < 0 ? part : part.slice(0, equals)) ?? '';
    const value = equals < 0 ? '' : (urlDecode(part.slice(equals + 1)) ?? '');
    const found = form.find(name) as ReturnType<typeof newList> | undefined;
    if (found === undefined) form.set(name, newList('string', [value]));
    else found.items.push(value);
  }
  return form;
}

/** `ToFormUrlEncodedContent()`. */
export function writeForm(form: DictionaryView | null): string {
  if (form === null)
    throw new DotNetError('System.ArgumentNullException', 'Value cannot be null.', {
      paramName: 'content',
    });
  const parts: string[] = [];
  for (const pair of form.pairs()) {
    for (const value of iterate(pair.value))
      parts.push(`${urlEncode(pair.key as string)}=${urlEncode((value as string | null) ?? '')}`);
  }
  return parts.join('&');
}
