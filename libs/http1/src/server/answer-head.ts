import { hopFields } from '../connection-fields.js';
import { contentLength, isFieldName, isFieldValue } from '../field-text.js';
import { NameTable } from '../name-table.js';
import type { AnswerHead } from './server-exchange.js';

/** How the body behind a head is told from what follows. */
export type BodyKind =
  /** All of it is here; its length is written. */
  | 'whole'
  /** None, and no word about it: 1xx, 204. */
  | 'none'
  /** None, with the length that another answer has: HEAD, 304. */
  | 'absent'
  /** To come; the length is among the fields or nowhere. */
  | 'stream';

type AnswerField = 'connection' | 'content-length' | 'trailer' | 'date';

const answerFields = new NameTable<AnswerField>([
  ...['connection', 'keep-alive', 'transfer-encoding', ...hopFields].map(
    (name) => [name, 'connection'] as const,
  ),
  ...(['content-length', 'trailer', 'date'] as const).map((name) => [name, name] as const),
]);

/** What a head says, and what it was found to say of its body. */
export interface WrittenHead {
  /** Status line and fields, without those of the server and the empty line. */
  readonly text: string;
  readonly hasDate: boolean;
  /** The Content-Length of a stream; -1 without one. */
  readonly length: number;
}

/** Writes a head. Throws a TypeError for what would break it. */
export function writeAnswerHead(
  { status, reason, fields, more, sound }: AnswerHead,
  kind: BodyKind,
): WrittenHead {
  if (!(status >= 100 && status <= 999) || !isFieldValue(reason))
    throw new TypeError('The status line of an answer would break.');
  let text = `HTTP/1.1 ${status} ${reason}\r\n`;
  let hasDate = false;
  let length = -1;
  for (let at = 0; at < fields.length; at += 2) {
    const name = fields[at]!;
    const field = answerFields.find(name);
    if (field !== undefined && !isKept(field, kind)) continue;
    if (field === 'date') hasDate = true;
    else if (field === 'content-length' && kind === 'stream') {
      // One length at most, and one that is none leaves the framing to the server.
      if (length >= 0) continue;
      length = contentLength(fields[at + 1]!);
      if (length < 0) continue;
    }
    if (sound !== true) check(name, fields[at + 1]!);
    text += `${name}: ${fields[at + 1]}\r\n`;
  }
  if (more !== undefined)
    for (let at = 0; at < more.length; at += 2) {
      check(more[at]!, more[at + 1]!);
      text += `${more[at]}: ${more[at + 1]}\r\n`;
    }
  return { text, hasDate, length };
}

/** What kind of body an answer has. */
export function bodyKind(method: string, status: number, sent: 'whole' | 'stream'): BodyKind {
  if (status < 200 || status === 204) return 'none';
  return status === 304 || method === 'HEAD' ? 'absent' : sent;
}

/** The fields of a head that travel on, whatever the version of HTTP: name, value, name, value, … */
export function keptFields({ fields, more = [] }: AnswerHead, kind: BodyKind): string[] {
  const kept: string[] = [];
  for (let at = 0; at < fields.length; at += 2) {
    const field = answerFields.find(fields[at]!);
    if (field === undefined || isKept(field, kind)) kept.push(fields[at]!, fields[at + 1]!);
  }
  kept.push(...more);
  return kept;
}

/** Fields as lines: those of trailers and interim answers. */
export function writeFields(fields: readonly string[]): string {
  let text = '';
  for (let at = 0; at < fields.length; at += 2) {
    const field = answerFields.find(fields[at]!);
    if (field !== undefined && field !== 'date') continue;
    check(fields[at]!, fields[at + 1]!);
    text += `${fields[at]}: ${fields[at + 1]}\r\n`;
  }
  return text;
}

function isKept(field: AnswerField, kind: BodyKind): boolean {
  switch (field) {
    case 'connection':
      return false;
    case 'content-length':
      return kind === 'absent' || kind === 'stream';
    case 'trailer':
      return kind === 'stream';
    case 'date':
      return true;
  }
}

function check(name: string, text: string): void {
  if (!isFieldName(name) || !isFieldValue(text))
    throw new TypeError(`The field ${JSON.stringify(name)} of an answer would break it.`);
}
