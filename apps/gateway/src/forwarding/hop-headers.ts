import { Headers } from '@isthmus/policy-engine';

/** Fields that describe one connection and never travel on (RFC 9110 section 7.6.1). */
const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]);

/** Fields that a caller may not have removed by naming them in Connection: gateway and policies own them. */
const keptAlways: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'content-type',
  'content-encoding',
  'authorization',
  'cookie',
  'set-cookie',
  'via',
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'cache-control',
]);

/**
 * Removes what was for the last connection only: the hop-by-hop fields and those that Connection
 * names. Done once, when a message arrives, so a caller's Connection header cannot remove what
 * policies add later (CVE-2021-32813 and its relatives).
 */
export function removeHopHeaders(headers: Headers): void {
  const connection = headers.get('connection');
  if (connection) {
    for (const name of connection.join(',').split(',')) {
      const key = name.trim().toLowerCase();
      if (key !== '' && !keptAlways.has(key)) headers.delete(key);
    }
  }
  for (const name of hopByHop) headers.delete(name);
}

/** Header fields for the wire, without hop-by-hop fields that a policy may have set. */
export function wireHeaders(headers: Headers, leaveOut: ReadonlySet<string>): string[] {
  const raw: string[] = [];
  headers.forEach((name, values, key) => {
    if (hopByHop.has(key) || leaveOut.has(key)) return;
    for (const value of values) raw.push(name, wireText(value));
  });
  return raw;
}

/**
 * A field value as it may leave. Characters beyond Latin-1, which only policies can make, become
 * UTF-8 bytes; control characters become blanks (RFC 9110 section 5.5), so none reaches a terminal
 * or a log on the other side.
 */
function wireText(value: string): string {
  let wide = false;
  let control = false;
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index);
    if (code > 0xff) wide = true;
    else if ((code < 0x20 && code !== 0x09) || code === 0x7f) control = true;
  }
  const text = control ? value.replace(/[^\t\x20-\x7e\x80-\uffff]/g, ' ') : value;
  return wide ? Buffer.from(text, 'utf8').toString('latin1') : text;
}
