/** Directives of Cache-Control by lower-case name; a directive without argument is "". */
export type Directives = ReadonlyMap<string, string>;

/** Reads Cache-Control (RFC 9111 section 5.2). Of a repeated directive the first counts. */
export function readDirectives(text: string | undefined): Directives {
  const directives = new Map<string, string>();
  for (const match of (text ?? '').matchAll(
    /([^\s,;="]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,;"]*)))?/g,
  )) {
    const name = (match[1] ?? '').toLowerCase();
    if (!directives.has(name)) directives.set(name, match[2] ?? match[3] ?? '');
  }
  return directives;
}

/** Seconds of a directive; 0 when it is no number (stale at once, RFC 9111 section 4.2.1), undefined when absent. */
export function secondsOf(directives: Directives, name: string): number | undefined {
  const text = directives.get(name);
  if (text === undefined) return undefined;
  return /^\d+$/.test(text) ? Math.min(Number(text), 2 ** 31) : 0;
}
