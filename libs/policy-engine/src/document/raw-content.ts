import { scanExpression, startsExpression } from './scan-expression.js';

const elements: ReadonlySet<string> = new Set([
  'set-body',
  'publish-to-dapr',
  'sql-statement',
  'payload',
  'data',
]);

/** True for elements whose content is a template or other text even when it holds markup. */
export function hasRawContent(element: string): boolean {
  return elements.has(element);
}

/** The offset of the end tag that closes such content; end tags inside CDATA do not count. -1 when there is none. */
export function rawContentEnd(text: string, start: number, element: string): number {
  let at = start;
  for (;;) {
    const end = text.indexOf(`</${element}`, at);
    const cdata = text.indexOf('<![CDATA[', at);
    if (end < 0) return -1;
    if (cdata < 0 || cdata > end) return end;
    const after = text.indexOf(']]>', cdata);
    if (after < 0) return -1;
    at = after + 3;
  }
}

/**
 * True when the content from `start` to the end tag at `end` is one `value` element and nothing else: it holds the
 * body, and is no markup of a template.
 */
export function isValueElement(text: string, start: number, end: number): boolean {
  const open = /^\s*<value>\s*/.exec(text.slice(start, end))?.[0].length;
  if (open === undefined) return false;
  const from = start + open;
  const behind = startsExpression(text, from) ? scanExpression(text, from) : from;
  const close = text.indexOf('</value>', Math.max(from, behind));
  return close >= 0 && /^<\/value>\s*$/.test(text.slice(close, end));
}
