import { buildTree, type TreeNode } from '@isthmus/dotnet';
import { FlatFileError } from './decode-flat-file.js';
import type { FlatField, FlatFileSchema, FlatItem, FlatRecord } from './flat-file-schema.js';

/** Writes XML as a flat file. @throws FlatFileError when it does not fit, DotNetError when it is no XML */
export function encodeFlatFile(xml: string, schema: FlatFileSchema): string {
  const root = buildTree(xml).children.find((node) => node.kind === 'element');
  if (root?.local !== schema.root.name) {
    throw new FlatFileError(
      `The root of the document is '${root?.local ?? ''}', the schema wants '${schema.root.name}'.`,
    );
  }
  return writeRecord(schema.root, root);
}

function writeRecord(record: FlatRecord, node: TreeNode): string {
  const parts = record.children.flatMap((child) => writeChildren(child, record, node));
  if (record.structure === 'positional') return record.tag + parts.join('');
  const { delimiter, order } = record;
  const joined = parts.join(delimiter);
  if (order === 'prefix') return record.tag + (parts.length > 0 ? delimiter : '') + joined;
  return record.tag + joined + (order === 'postfix' && parts.length > 0 ? delimiter : '');
}

function writeChildren(child: FlatItem, record: FlatRecord, node: TreeNode): string[] {
  if (child.kind === 'field' && child.isAttribute) {
    const value = node.attributes.find(
      (one) => one.local === child.name && !one.isDeclaration,
    )?.value;
    return value === undefined && child.least === 0 && record.structure === 'delimited'
      ? ['']
      : [writeField(child, record, value ?? '')];
  }
  const found = node.children.filter((one) => one.kind === 'element' && one.local === child.name);
  if (found.length < child.least)
    throw new FlatFileError(`The record '${record.name}' lacks '${child.name}'.`);
  if (found.length > child.most)
    throw new FlatFileError(
      `The record '${record.name}' has '${child.name}' more than ${child.most} times.`,
    );
  if (child.kind === 'record') return found.map((one) => writeRecord(child, one));
  // The place of a field stays, also where it is missing.
  const values =
    found.length === 0 && child.most === 1 ? [''] : found.map((one) => one.stringValue);
  return values.map((value) => writeField(child, record, value));
}

function writeField(field: FlatField, record: FlatRecord, value: string): string {
  if (record.structure === 'positional') {
    if (value.length > field.length) {
      throw new FlatFileError(
        `The field '${field.name}' has ${value.length} characters; its place has ${field.length}.`,
      );
    }
    const padded =
      field.justification === 'left'
        ? value.padEnd(field.length, field.pad)
        : value.padStart(field.length, field.pad);
    return ' '.repeat(field.offset) + padded;
  }
  const special = record.delimiter !== '' && value.includes(record.delimiter);
  if (field.wrap !== '' && (special || value.includes(field.wrap))) {
    return field.wrap + value.replaceAll(field.wrap, field.wrap + field.wrap) + field.wrap;
  }
  if (special && record.escape !== '') {
    return value
      .replaceAll(record.escape, record.escape + record.escape)
      .replaceAll(record.delimiter, record.escape + record.delimiter);
  }
  return value;
}
