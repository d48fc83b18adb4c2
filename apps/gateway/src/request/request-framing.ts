import type { IncomingMessage } from 'node:http';

/** Header fields that exist once at most; a second one makes a message ambiguous. */
export const singleFields = [
  'host',
  'content-length',
  'transfer-encoding',
  'content-type',
  'authorization',
] as const;

export type SingleField = (typeof singleFields)[number];

/** Why the version of a request is refused, or undefined. Node's HTTP/1 parser lets other numbers pass. */
export function versionProblem(request: IncomingMessage): string | undefined {
  const { httpVersion } = request;
  return httpVersion === '1.1' || httpVersion === '1.0' || 'stream' in request
    ? undefined
    : 'unknown version of HTTP';
}

/**
 * What is left to check of a field that frames the message, after Node's strict parser (which refuses
 * Content-Length beside Transfer-Encoding, bad chunk sizes, bare CR and LF, and blanks before colons).
 * Returns why the request is refused, or undefined.
 */
export function framingProblem(
  field: SingleField,
  value: string,
  httpVersion: string,
): string | undefined {
  if (field === 'transfer-encoding') {
    if (value.toLowerCase() !== 'chunked') return 'transfer coding other than chunked';
    return httpVersion === '1.0' ? 'transfer coding in HTTP/1.0' : undefined;
  }
  return field === 'content-length' && !/^\d{1,15}$/.test(value)
    ? 'malformed content length'
    : undefined;
}

/** A registered name or address with an optional port, nothing else. */
export function isHost(value: string): boolean {
  return /^(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/.test(value);
}
