import { WorkflowExpressionError } from './error.js';
import { isObject, type WorkflowObject, type WorkflowValue } from './value.js';

/** Binary or XML content inside a JSON value: its media type and its bytes in base64. */
export interface ContentEnvelope extends WorkflowObject {
  readonly '$content-type': string;
  readonly $content: string;
}

export function isEnvelope(value: WorkflowValue | undefined): value is ContentEnvelope {
  return (
    isObject(value) &&
    typeof value['$content-type'] === 'string' &&
    typeof value['$content'] === 'string'
  );
}

export function envelopeOf(contentType: string, content: Uint8Array): ContentEnvelope {
  return { '$content-type': contentType, $content: Buffer.from(content).toString('base64') };
}

/** The charset parameter of a media type, in lower case. */
export function charsetOf(contentType: string): string | undefined {
  return /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(contentType)?.[1]?.toLowerCase();
}

export function envelopeBytes(envelope: ContentEnvelope): Uint8Array {
  return Buffer.from(envelope.$content, 'base64');
}

/**
 * The content as text, decoded by the charset of its type, UTF-8 without one; a byte order mark is dropped.
 * @throws WorkflowExpressionError for a charset that is not known
 */
export function envelopeText(envelope: ContentEnvelope): string {
  const charset = charsetOf(envelope['$content-type']) ?? 'utf-8';
  try {
    return new TextDecoder(charset).decode(envelopeBytes(envelope));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new WorkflowExpressionError(
      `The character set '${charset}' of the content is not supported.`,
    );
  }
}
