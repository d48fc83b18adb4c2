import {
  charsetOf,
  envelopeOf,
  JsonTextError,
  parseJson,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { foldHeaders } from './header-names.js';

/** A decoded body (undefined when it was empty), or why it is not what its type says. */
export type DecodedContent =
  | { readonly ok: true; readonly value: WorkflowValue | undefined }
  | { readonly ok: false; readonly message: string };

const maximumParts = 1000;
const utf8 = new TextDecoder('utf-8');
const longestShort = 4096;

/**
 * A message body as a value, by its content type: JSON as JSON, text as text, everything else as an envelope; of
 * multipart and form content the envelope has the parts too.
 */
export function decodeContent(bytes: Uint8Array, contentType: string | undefined): DecodedContent {
  if (bytes.length === 0) return { ok: true, value: undefined };
  const type = contentType ?? 'application/octet-stream';
  const { media, isJson } = kindOf(type);
  if (isJson) {
    try {
      return { ok: true, value: parseJson(decodeText(bytes, type)) };
    } catch (error) {
      if (error instanceof JsonTextError) return { ok: false, message: error.message };
      // Nested so deeply that a reader runs out of stack.
      if (error instanceof RangeError)
        return { ok: false, message: 'The content is nested too deeply.' };
      throw error;
    }
  }
  if (media.startsWith('text/')) return { ok: true, value: decodeText(bytes, type) };
  const envelope = envelopeOf(type, bytes);
  if (media === 'application/x-www-form-urlencoded') {
    return { ok: true, value: { ...envelope, $formdata: formFields(decodeText(bytes, type)) } };
  }
  if (media.startsWith('multipart/')) {
    const parts = multipartParts(bytes, type);
    return { ok: true, value: parts ? { ...envelope, $multipart: parts } : envelope };
  }
  return { ok: true, value: envelope };
}

interface ContentKind {
  /** Without parameters, in lower case. */
  readonly media: string;
  readonly isJson: boolean;
  readonly charset: string;
}

/** Few senders have types of their own; those who make them up fill no memory. */
const kinds = new Map<string, ContentKind>();
const mostKinds = 200;

function kindOf(contentType: string): ContentKind {
  const known = kinds.get(contentType);
  if (known) return known;
  const media = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  const isJson = media === 'application/json' || media.endsWith('+json') || media === 'text/json';
  const kind = { media, isJson, charset: charsetOf(contentType) ?? 'utf-8' };
  if (kinds.size >= mostKinds) kinds.clear();
  if (contentType.length <= 100) kinds.set(contentType, kind);
  return kind;
}

/** Text by the charset of its type, UTF-8 where that is none or not known. */
function decodeText(bytes: Uint8Array, contentType: string): string {
  const { charset } = kindOf(contentType);
  if (charset === 'utf-8') return utf8Text(bytes);
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return utf8Text(bytes);
  }
}

/** Without a byte order mark. Short texts, as most are, are read faster so than by a TextDecoder. */
function utf8Text(bytes: Uint8Array): string {
  if (bytes.length > longestShort || !Buffer.isBuffer(bytes)) return utf8.decode(bytes);
  const text = bytes.toString();
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

/** Fields in order: `+` is a blank, a key without `=` has the value '', empty parts stay (measured on the service). */
function formFields(text: string): WorkflowObject[] {
  return text.split('&').map((field) => {
    const at = field.indexOf('=');
    const key = at < 0 ? field : field.slice(0, at);
    return { key: formDecode(key), value: at < 0 ? '' : formDecode(field.slice(at + 1)) };
  });
}

function formDecode(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

function multipartParts(bytes: Uint8Array, contentType: string): WorkflowObject[] | undefined {
  const boundary = /boundary\s*=\s*(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const name = boundary?.[1] ?? boundary?.[2];
  if (name === undefined) return undefined;
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const delimiter = Buffer.from(`--${name}`);
  const parts: WorkflowObject[] = [];
  let start = content.indexOf(delimiter);
  while (start >= 0 && parts.length < maximumParts) {
    const begin = start + delimiter.length;
    const end = content.indexOf(delimiter, begin);
    if (end < 0 || content.subarray(begin, begin + 2).toString('latin1') === '--') break;
    const part = decodePart(
      content.subarray(afterLineBreak(content, begin), beforeLineBreak(content, end)),
    );
    if (part) parts.push(part);
    start = end;
  }
  return parts;
}

function afterLineBreak(content: Buffer, at: number): number {
  const end = content.indexOf('\n', at);
  return end < 0 ? at : end + 1;
}

function beforeLineBreak(content: Buffer, at: number): number {
  if (content[at - 1] !== 10) return at;
  return content[at - 2] === 13 ? at - 2 : at - 1;
}

/** A part body is text only with a `text/*` type; without a type it is an octet-stream envelope. */
function decodePart(part: Buffer): WorkflowObject | undefined {
  const separator = /\r?\n\r?\n/.exec(part.toString('latin1'));
  const startsEmpty = part[0] === 10 || (part[0] === 13 && part[1] === 10);
  const headEnd = startsEmpty ? 0 : separator?.index;
  if (headEnd === undefined) return undefined;
  const bodyStart = startsEmpty ? (part[0] === 10 ? 1 : 2) : headEnd + (separator?.[0].length ?? 0);
  const raw = part
    .subarray(0, headEnd)
    .toString('utf8')
    .split(/\r?\n/)
    .filter((line) => line.includes(':'))
    .flatMap((line) => [
      line.slice(0, line.indexOf(':')).trim(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]);
  const body = part.subarray(bodyStart);
  const headers = { ...foldHeaders(raw), 'Content-Length': String(body.length) };
  const type = (headers as Record<string, string>)['Content-Type'] ?? 'application/octet-stream';
  const value = kindOf(type).media.startsWith('text/')
    ? decodeText(body, type)
    : envelopeOf(type, body);
  return { headers, body: value };
}
