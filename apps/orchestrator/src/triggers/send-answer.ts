import type { ServerResponse } from 'node:http';
import { encodeContent, textContent, type ResponseMessage } from '@isthmus/workflow-engine';

/**
 * Writes the answer of a run to its caller, head and body at once.
 * @param headers that the answer's own ones win over; names in lower case
 */
export function sendAnswer(
  response: ServerResponse,
  answer: ResponseMessage,
  headers: Readonly<Record<string, string>> = {},
): void {
  const fields = new HeaderFields(answer.headers, headers);
  const { body } = answer;
  const text = textContent(body);
  if (text && fields.isPlain) {
    fields.add('content-type', text.contentType);
    fields.add('content-length', String(Buffer.byteLength(text.text)));
    response.writeHead(answer.statusCode, fields.list);
    response.end(text.text);
    return;
  }
  const { bytes, contentType } = encodeContent(body);
  if (contentType !== undefined) fields.add('content-type', contentType);
  if (answer.statusCode !== 204 && answer.statusCode !== 304)
    fields.add('content-length', String(bytes.length));
  response.writeHead(answer.statusCode, fields.list);
  response.end(bytes.length === 0 ? undefined : bytes);
}

/** The fields of an answer, as they are put together. */
class HeaderFields {
  /** Names and values in turn. */
  readonly list: string[] = [];
  /** All of ASCII: written before a text, they become one text with it, as UTF-8. */
  isPlain = true;
  /** The answer's own names, in lower case. */
  readonly #own: string[] = [];

  /** @param own that win over `others`, whose names are in lower case */
  constructor(own: Readonly<Record<string, string>>, others: Readonly<Record<string, string>>) {
    for (const name in own) this.#set(name, own[name] ?? '');
    for (const name in others) this.add(name, others[name] ?? '');
  }

  /** Adds a field unless the answer has one of that name. @param name in lower case */
  add(name: string, value: string): void {
    if (!this.#own.includes(name)) this.list.push(name, this.#text(value));
  }

  /** Of names that differ in case alone the last one counts. */
  #set(name: string, value: string): void {
    const key = name.toLowerCase();
    const before = this.#own.indexOf(key);
    if (before >= 0) this.list.splice(before * 2, 2, name, this.#text(value));
    else {
      this.#own.push(key);
      this.list.push(name, this.#text(value));
    }
  }

  #text(value: string): string {
    if (!beyondAscii.test(value)) return value;
    this.isPlain = false;
    return headerText(value);
  }
}

const beyondAscii = /[^\t\u0020-\u007e]/;

/** Values come from definitions and callers: what no header may hold, is percent-encoded. */
function headerText(value: string): string {
  return value.replaceAll(/[^\t\u0020-\u007e\u0080-\u00ff]/gu, (character) => {
    // A lone surrogate has no encoding.
    return character.isWellFormed() ? encodeURIComponent(character) : '?';
  });
}
