import type { Headers } from '@isthmus/policy-engine';
import { isHopByHop, namedByConnection } from '@isthmus/http1';

/**
 * Removes what was for the last connection only: the hop-by-hop fields and those that Connection
 * names. Done once, when a message arrives, so a caller's Connection header cannot remove what
 * policies add later (CVE-2021-32813 and its relatives).
 */
export function removeHopHeaders(headers: Headers): void {
  const connection = headers.text('connection');
  const named = connection === undefined ? undefined : namedByConnection(connection);
  for (const name of [...headers.names()])
    if (isHopByHop(name) || named?.find(name)) headers.delete(name);
}

/** Header fields for the wire, without hop-by-hop fields that a policy may have set; `leaveOut` in lower case. */
export function wireHeaders(headers: Headers, leaveOut: ReadonlySet<string>): string[] {
  const { raw } = headers;
  const fields: string[] = [];
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at]!;
    if (isHopByHop(name) || (leaveOut.size > 0 && leaveOut.has(name.toLowerCase()))) continue;
    fields.push(name, headers.clean ? raw[at + 1]! : wireText(raw[at + 1]!));
  }
  return fields;
}

/**
 * A field value as it may leave. Characters beyond Latin-1, which only policies can make, become
 * UTF-8 bytes; control characters become blanks (RFC 9110 section 5.5), so none reaches a terminal
 * or a log on the other side.
 */
export function wireText(value: string): string {
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
