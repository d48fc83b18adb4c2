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
  const fields = headerFields(answer.headers, headers);
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

interface HeaderFields {
  /** Names and values in turn. */
  readonly list: string[];
  /** All of ASCII: written before a text, they become one text with it, as UTF-8. */
  readonly isPlain: boolean;
  /** Adds a field unless there is one of that name. */
  add(name: string, value: string): void;
}

function headerFields(
  own: Readonly<Record<string, string>>,
  others: Readonly<Record<string, string>>,
): HeaderFields {
  const fields = new Map<string, readonly [name: string, value: string]>();
  const list: string[] = [];
  let isPlain = true;
  const add = (name: string, value: string) => {
    const isAscii = !beyondAscii.test(value);
    isPlain &&= isAscii;
    list.push(name, isAscii ? value : headerText(value));
  };
  // Of names that differ in case alone the last one counts.
  for (const name in own) fields.set(name.toLowerCase(), [name, own[name] ?? '']);
  for (const [name, value] of fields.values()) add(name, value);
  for (const name in others) if (!fields.has(name)) add(name, others[name] ?? '');
  return {
    list,
    isPlain,
    add: (name, value) => {
      if (!fields.has(name)) add(name, value);
    },
  };
}

const beyondAscii = /[^\t\u0020-\u007e]/;

/** Values come from definitions and callers: what no header may hold, is percent-encoded. */
function headerText(value: string): string {
  return value.replaceAll(/[^\t\u0020-\u007e\u0080-\u00ff]/gu, (character) => {
    // A lone surrogate has no encoding.
    return character.isWellFormed() ? encodeURIComponent(character) : '?';
  });
}
