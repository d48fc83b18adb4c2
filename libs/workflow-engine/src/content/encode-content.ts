import { createHash } from 'node:crypto';
import {
  envelopeBytes,
  isArray,
  isEnvelope,
  isObject,
  memberOf,
  membersOf,
  textOf,
  writeJson,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';

/** The bytes of a body and the content type to send with them, where the caller gave none. */
export interface EncodedContent {
  readonly bytes: Uint8Array;
  /** Absent: there is no body. */
  readonly contentType?: string;
}

const empty: EncodedContent = { bytes: new Uint8Array() };
const plainText = 'text/plain; charset=utf-8';
const json = 'application/json; charset=utf-8';

/**
 * A value as a message body: null is none, text is sent as it is, an envelope as its bytes with its type (also
 * with `$multipart` and `$formdata`), everything else as JSON.
 * @param contentType a Content-Type header that was given, which is kept
 */
export function encodeContent(
  value: WorkflowValue | undefined,
  contentType?: string,
): EncodedContent {
  if (value === undefined || value === null) return empty;
  if (typeof value === 'string') return text(value, contentType ?? plainText);
  if (isEnvelope(value))
    return { bytes: envelopeBytes(value), contentType: contentType ?? value['$content-type'] };
  if (isObject(value)) {
    const type = memberOf(value, '$content-type');
    const parts = memberOf(value, '$multipart');
    if (typeof type === 'string' && isArray(parts)) return multipart(type, parts, contentType);
    const fields = memberOf(value, '$formdata');
    if (typeof type === 'string' && isArray(fields))
      return text(formText(fields), contentType ?? type);
  }
  return text(writeJson(value), contentType ?? json);
}

/**
 * A body that goes out as UTF-8 text under its usual type: text and JSON. Undefined: it is something
 * else, or nothing. For those who write a body together with its head.
 */
export function textContent(
  value: WorkflowValue | undefined,
): { readonly text: string; readonly contentType: string } | undefined {
  if (typeof value === 'string') return { text: value, contentType: plainText };
  if (value === undefined || value === null || isSpecial(value)) return undefined;
  return { text: writeJson(value), contentType: json };
}

/** The content type that {@link encodeContent} gives, without the bytes where they do not decide it. */
export function contentTypeOf(
  value: WorkflowValue | undefined,
  contentType?: string,
): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return contentType ?? plainText;
  return isSpecial(value) ? encodeContent(value, contentType).contentType : (contentType ?? json);
}

/** An envelope, multipart or form content. */
function isSpecial(value: WorkflowValue): boolean {
  return isObject(value) && memberOf(value, '$content-type') !== undefined;
}

function text(content: string, contentType: string): EncodedContent {
  const charset = /charset\s*=\s*"?([^";\s]+)/i.exec(contentType)?.[1]?.toLowerCase();
  const encoding: BufferEncoding =
    charset === 'utf-16' || charset === 'utf-16le'
      ? 'utf16le'
      : charset === 'iso-8859-1' || charset === 'us-ascii'
        ? 'latin1'
        : 'utf8';
  return { bytes: Buffer.from(content, encoding), contentType };
}

function formText(fields: readonly WorkflowValue[]): string {
  const encode = (value: WorkflowValue | undefined): string =>
    encodeURIComponent(textOf(value ?? null)).replaceAll('%20', '+');
  return fields
    .filter((field) => isObject(field))
    .map((field) => `${encode(memberOf(field, 'key'))}=${encode(memberOf(field, 'value'))}`)
    .join('&');
}

function multipart(
  type: string,
  parts: readonly WorkflowValue[],
  given: string | undefined,
): EncodedContent {
  const encoded = parts.filter((part) => isObject(part)).map(encodePart);
  const named = /boundary\s*=\s*"?([^";]+)"?/i.exec(given ?? type)?.[1];
  const hash = createHash('sha256');
  for (const part of encoded) hash.update(part);
  // Of the content, so that a repeated call sends the same bytes.
  const boundary = named ?? hash.digest('hex').slice(0, 32);
  const chunks = encoded.flatMap((part) => [
    Buffer.from(`--${boundary}\r\n`),
    part,
    Buffer.from('\r\n'),
  ]);
  const media = (given ?? type).split(';')[0]?.trim() ?? 'multipart/form-data';
  return {
    bytes: Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]),
    contentType: `${media}; boundary="${boundary}"`,
  };
}

function encodePart(part: WorkflowObject): Uint8Array {
  const headers = memberOf(part, 'headers');
  const lines: [string, string][] = isObject(headers)
    ? membersOf(headers)
        .filter(([name]) => name.toLowerCase() !== 'content-length')
        .map(([name, value]) => [name, textOf(value).replace(/[\r\n]+/g, ' ')])
    : [];
  const declared = lines.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  const body = memberOf(part, 'body');
  const content = encodeContent(body, declared);
  if (declared === undefined && isEnvelope(body))
    lines.push(['Content-Type', body['$content-type']]);
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.concat([Buffer.from(`${head}\r\n`), content.bytes]);
}
