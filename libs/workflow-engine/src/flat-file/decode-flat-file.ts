import { buildElementText } from './xml-text.js';
import type { FlatField, FlatFileSchema, FlatItem, FlatRecord } from './flat-file-schema.js';
import { splitParts, unwrap } from './parts.js';

/** Text that does not have the form that its schema describes. */
export class FlatFileError extends Error {
  override readonly name = 'FlatFileError';
}

/** A record or field that was read. */
export interface FlatNode {
  readonly name: string;
  readonly text?: string;
  readonly attributes: readonly (readonly [string, string])[];
  readonly children: readonly FlatNode[];
}

/** Writes a flat file as XML. @throws FlatFileError */
export function decodeFlatFile(text: string, schema: FlatFileSchema): string {
  return buildElementText(readRecord(schema.root, text), schema);
}

function readRecord(record: FlatRecord, text: string): FlatNode {
  if (record.tag !== '' && !text.startsWith(record.tag)) {
    throw new FlatFileError(
      `The record '${record.name}' must begin with '${record.tag}', but is '${text.slice(0, 40)}'.`,
    );
  }
  const content = text.slice(record.tag.length);
  return record.structure === 'positional'
    ? readPositional(record, content)
    : readDelimited(record, content);
}

function readDelimited(record: FlatRecord, text: string): FlatNode {
  const parts = splitParts(text, record);
  const found: (readonly [FlatItem, FlatNode | string])[] = [];
  let at = 0;
  for (const [index, child] of record.children.entries()) {
    const reserved = record.children.slice(index + 1).reduce((sum, later) => sum + later.least, 0);
    const available = Math.min(child.most, Math.max(parts.length - at - reserved, child.least));
    let count = 0;
    while (count < available && at < parts.length && fits(child, parts[at] ?? '')) {
      const part = parts[at++] ?? '';
      found.push([
        child,
        child.kind === 'record' ? readRecord(child, part) : unwrap(part, child, record.escape),
      ]);
      count++;
    }
    if (count < child.least) throw missing(child, record);
  }
  const rest = parts.slice(at);
  if (rest.some((part) => part !== '')) {
    throw new FlatFileError(
      `The record '${record.name}' holds more than its schema allows: '${(rest[0] ?? '').slice(0, 40)}'.`,
    );
  }
  return nodeOf(record, found);
}

function fits(child: FlatItem, part: string): boolean {
  if (child.kind === 'field') return true;
  if (child.tag !== '') return part.startsWith(child.tag);
  // The line break at the end of a file is no record.
  return part !== '' || child.least > 0;
}

function readPositional(record: FlatRecord, text: string): FlatNode {
  const found: (readonly [FlatItem, FlatNode | string])[] = [];
  let at = 0;
  for (const child of record.children) {
    for (let count = 0; count < child.most && (count < child.least || at < text.length); count++) {
      if (child.kind === 'record') {
        const size = sizeOf(child);
        found.push([child, readRecord(child, text.slice(at, at + size))]);
        at += size;
      } else {
        at += child.offset;
        if (at > text.length) throw missing(child, record);
        found.push([child, trimmed(text.slice(at, at + child.length), child)]);
        at += child.length;
      }
    }
  }
  return nodeOf(record, found);
}

/** Characters of a record with fixed places. */
function sizeOf(record: FlatRecord): number {
  const inner = record.children.map(
    (child) =>
      (child.kind === 'record' ? sizeOf(child) : child.offset + child.length) *
      (child.most === Infinity ? 1 : child.most),
  );
  return inner.reduce((sum, size) => sum + size, record.tag.length);
}

function trimmed(text: string, field: FlatField): string {
  let from = 0;
  let to = text.length;
  if (field.justification === 'left') while (to > from && text[to - 1] === field.pad) to--;
  else while (from < to && text[from] === field.pad) from++;
  return text.slice(from, to);
}

function nodeOf(
  record: FlatRecord,
  found: readonly (readonly [FlatItem, FlatNode | string])[],
): FlatNode {
  const attributes: [string, string][] = [];
  const children: FlatNode[] = [];
  for (const [item, value] of found) {
    if (typeof value !== 'string') children.push(value);
    else if (item.kind === 'field' && item.isAttribute) attributes.push([item.name, value]);
    else children.push({ name: item.name, text: value, attributes: [], children: [] });
  }
  return { name: record.name, attributes, children };
}

function missing(child: FlatItem, record: FlatRecord): FlatFileError {
  return new FlatFileError(`The record '${record.name}' lacks '${child.name}'.`);
}
