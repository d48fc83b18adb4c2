import type { Headers } from '../model/headers.js';

/** When json-to-xml and xml-to-json convert. */
export interface ConversionRule {
  readonly always: boolean;
  /** Regular expression over the content type. */
  readonly contentType: RegExp;
  /** Regular expression over Accept; undefined when the header is not considered. */
  readonly accept: RegExp | undefined;
}

/** Whether a message is converted, by its own headers and the Accept header of the request. */
export function converts(rule: ConversionRule, headers: Headers, requestHeaders: Headers): boolean {
  if (!rule.always && !rule.contentType.test(headers.text('Content-Type') ?? '')) return false;
  if (!rule.accept) return true;
  const accept = requestHeaders.text('Accept');
  return accept === undefined || accept.includes('*/*') || rule.accept.test(accept);
}

export const jsonType = /[/+]json\b/i;
export const xmlType = /[/+]xml\b/i;
