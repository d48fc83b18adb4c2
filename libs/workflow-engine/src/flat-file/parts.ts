import type { FlatField, FlatRecord } from './flat-file-schema.js';

/** The pieces of a record between its delimiters, which do not count inside of wrap characters or after an escape. */
export function splitParts(text: string, record: FlatRecord): string[] {
  const { delimiter, escape, order } = record;
  if (delimiter === '') return [text];
  const wraps = new Set(
    record.children.flatMap((child) =>
      child.kind === 'field' && child.wrap !== '' ? [child.wrap] : [],
    ),
  );
  const parts: string[] = [];
  let start = 0;
  let open = '';
  for (let at = 0; at < text.length;) {
    const character = text[at] ?? '';
    if (escape !== '' && text.startsWith(escape, at)) at += escape.length + 1;
    else if (open !== '') {
      if (character === open) open = '';
      at++;
    } else if (wraps.has(character)) {
      open = character;
      at++;
    } else if (text.startsWith(delimiter, at)) {
      parts.push(text.slice(start, at));
      at += delimiter.length;
      start = at;
    } else at++;
  }
  parts.push(text.slice(start));
  if (order === 'prefix' && parts[0] === '') parts.shift();
  if (order === 'postfix' && parts.at(-1) === '') parts.pop();
  return parts;
}

/** The value of a field: without wrap characters (doubled ones are one), escapes and padding. */
export function unwrap(part: string, field: FlatField, escape: string): string {
  const { wrap } = field;
  let text = part;
  if (wrap !== '' && text.length >= 2 && text.startsWith(wrap) && text.endsWith(wrap)) {
    return text.slice(wrap.length, -wrap.length).replaceAll(wrap + wrap, wrap);
  }
  if (escape !== '') {
    let plain = '';
    for (let at = 0; at < text.length; at++) {
      if (text.startsWith(escape, at)) at += escape.length;
      plain += text[at] ?? '';
    }
    text = plain;
  }
  return text;
}
