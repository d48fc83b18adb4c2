import type { IncomingMessage } from 'node:http';

/** Header fields that exist once at most, each with its bit; a second one makes a message ambiguous. */
const single: ReadonlyMap<string, number> = new Map([
  ['host', 1],
  ['content-length', 2],
  ['transfer-encoding', 4],
  ['content-type', 8],
  ['authorization', 16],
]);

/**
 * What is left to check after Node's strict parser (which refuses Content-Length beside
 * Transfer-Encoding, bad chunk sizes, bare CR and LF, and blanks before colons): everything that two
 * servers could read in two ways. Returns why the request is refused, or undefined.
 */
export function ambiguity(request: IncomingMessage): string | undefined {
  const { httpVersion, rawHeaders: raw } = request;
  // Node's HTTP/1 parser lets other version numbers pass.
  if (httpVersion !== '1.1' && httpVersion !== '1.0' && !('stream' in request))
    return 'unknown version of HTTP';
  let seen = 0;
  for (let index = 0; index < raw.length; index += 2) {
    const name = (raw[index] ?? '').toLowerCase();
    const bit = single.get(name);
    if (bit === undefined) continue;
    if (seen & bit) return `two ${name} headers`;
    seen |= bit;
    const wrong = malformed(name, raw[index + 1] ?? '');
    if (wrong !== undefined) return wrong;
  }
  return httpVersion === '1.0' && seen & 4 ? 'transfer coding in HTTP/1.0' : undefined;
}

function malformed(name: string, value: string): string | undefined {
  if (name === 'transfer-encoding' && value.toLowerCase() !== 'chunked')
    return 'transfer coding other than chunked';
  if (name === 'content-length' && !/^\d{1,15}$/.test(value)) return 'malformed content length';
  return name === 'host' && !isHost(value) ? 'malformed host' : undefined;
}

/** A registered name or address with an optional port, nothing else. */
export function isHost(value: string): boolean {
  return /^(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/.test(value);
}
