/** Header names that .NET knows; received ones get this spelling. */
const known = new Map(
  [
    'Accept',
    'Accept-Charset',
    'Accept-Encoding',
    'Accept-Language',
    'Accept-Ranges',
    'Age',
    'Allow',
    'Authorization',
    'Cache-Control',
    'Connection',
    'Content-Disposition',
    'Content-Encoding',
    'Content-Language',
    'Content-Length',
    'Content-Location',
    'Content-MD5',
    'Content-Range',
    'Content-Type',
    'Cookie',
    'Date',
    'ETag',
    'Expect',
    'Expires',
    'From',
    'Host',
    'If-Match',
    'If-Modified-Since',
    'If-None-Match',
    'If-Range',
    'If-Unmodified-Since',
    'Last-Modified',
    'Location',
    'Max-Forwards',
    'Origin',
    'Pragma',
    'Proxy-Authenticate',
    'Proxy-Authorization',
    'Range',
    'Referer',
    'Retry-After',
    'Server',
    'Set-Cookie',
    'Strict-Transport-Security',
    'TE',
    'Trailer',
    'Transfer-Encoding',
    'Upgrade',
    'User-Agent',
    'Vary',
    'Via',
    'WWW-Authenticate',
    'Warning',
  ].map((name) => [name.toLowerCase(), name] as const),
);

/** The usual spelling of a well-known header; others stay as they are. */
export function headerSpelling(name: string): string {
  return known.get(name.toLowerCase()) ?? name;
}

/**
 * Received headers as outputs show them: usual spelling, repeated ones joined by a comma without a blank.
 * @param raw names and values in turn
 */
export function foldHeaders(raw: readonly string[]): Record<string, string> {
  const spelling = new Map<string, string>();
  const headers: Record<string, string> = {};
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const received = raw[index] ?? '';
    const key = received.toLowerCase();
    const name = spelling.get(key) ?? headerSpelling(received);
    spelling.set(key, name);
    const value = raw[index + 1] ?? '';
    const before = Object.hasOwn(headers, name) ? headers[name] : undefined;
    headers[name] = before === undefined ? value : `${before},${value}`;
  }
  return headers;
}
