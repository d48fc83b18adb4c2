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
  const headers: Record<string, string> = {};
  let others: Map<string, string> | undefined;
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const received = raw[index] ?? '';
    const value = raw[index + 1] ?? '';
    const name = exact.get(received) ?? spellingOf(received, (others ??= new Map()));
    headers[name] = Object.hasOwn(headers, name) ? `${headers[name]},${value}` : value;
  }
  return headers;
}

/** A header by its name in any case. @param name in lower case */
export function headerOf(
  headers: Readonly<Record<string, string>> | undefined,
  name: string,
): string | undefined {
  for (const header in headers)
    if (header.length === name.length && header.toLowerCase() === name) return headers[header];
  return undefined;
}

/** Of a name that nobody knows, the first spelling stays. */
function spellingOf(received: string, others: Map<string, string>): string {
  const key = received.toLowerCase();
  const name = known.get(key) ?? others.get(key) ?? received;
  others.set(key, name);
  return name;
}

/** Well-known names as most senders write them, and in lower case. */
const exact = new Map(
  [...known].flatMap(([key, name]) => [[key, name] as const, [name, name] as const]),
);
