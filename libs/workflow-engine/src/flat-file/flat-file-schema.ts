import { buildTree, type TreeNode } from '@isthmus/dotnet';

/** A leaf of a flat file: a piece of text. Lengths and offsets count characters. */
export interface FlatField {
  readonly kind: 'field';
  readonly name: string;
  readonly isAttribute: boolean;
  readonly least: number;
  readonly most: number;
  readonly justification: 'left' | 'right';
  readonly pad: string;
  readonly wrap: string;
  readonly offset: number;
  readonly length: number;
}

/** A record: its children are apart by a delimiter, or have fixed places. */
export interface FlatRecord {
  readonly kind: 'record';
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly structure: 'delimited' | 'positional';
  readonly delimiter: string;
  readonly order: 'infix' | 'prefix' | 'postfix';
  readonly tag: string;
  readonly escape: string;
  readonly children: readonly FlatItem[];
}

export type FlatItem = FlatField | FlatRecord;

/** What the annotations of a schema say about its flat file. */
export interface FlatFileSchema {
  readonly root: FlatRecord;
  readonly namespace: string;
  readonly isQualified: boolean;
}

/** An XML schema without the annotations that make it one of a flat file. */
export class FlatFileSchemaError extends Error {
  override readonly name = 'FlatFileSchemaError';
}

type Info = ReadonlyMap<string, string>;

/**
 * Reads an XML schema with the flat file annotations of BizTalk (`b:schemaInfo`, `b:recordInfo`, `b:fieldInfo`).
 * @param rootName which of several global elements is the file
 * @throws FlatFileSchemaError, DotNetError when the text is no XML
 */
export function readFlatFileSchema(text: string, rootName?: string): FlatFileSchema {
  const schema = elements(buildTree(text)).find((node) => node.local === 'schema');
  if (!schema) throw new FlatFileSchemaError('The document is no XML schema.');
  const info = infoOf(schema, 'schemaInfo') ?? new Map<string, string>();
  const globals = elements(schema).filter((node) => node.local === 'element');
  const wanted = rootName ?? info.get('root_reference');
  const root = globals.find((node) => attribute(node, 'name') === wanted) ?? globals[0];
  if (!root || !infoOf(root, 'recordInfo')) {
    throw new FlatFileSchemaError('The schema has no flat file annotations.');
  }
  const record = new SchemaReader(schema, info).item(root);
  if (record.kind !== 'record')
    throw new FlatFileSchemaError('The root of the schema is no record.');
  return {
    root: record,
    namespace: attribute(schema, 'targetNamespace') ?? '',
    isQualified: attribute(schema, 'elementFormDefault') === 'qualified',
  };
}

class SchemaReader {
  private depth = 0;

  constructor(
    private readonly schema: TreeNode,
    private readonly defaults: Info,
  ) {}

  item(node: TreeNode): FlatItem {
    const reference = attribute(node, 'ref');
    const target = reference === undefined ? node : (this.global('element', reference) ?? node);
    const occurs = {
      least: Number(attribute(node, 'minOccurs') ?? 1),
      most:
        attribute(node, 'maxOccurs') === 'unbounded'
          ? Infinity
          : Number(attribute(node, 'maxOccurs') ?? 1),
    };
    const type = this.complexType(target);
    return type ? this.record(target, type, occurs) : this.field(target, occurs);
  }

  private record(
    node: TreeNode,
    type: TreeNode,
    occurs: { least: number; most: number },
  ): FlatRecord {
    if (++this.depth > 64)
      throw new FlatFileSchemaError('The records of the schema are nested too deeply.');
    const info = infoOf(node, 'recordInfo') ?? new Map<string, string>();
    const children = this.children(type)
      .map((child, index) => ({ item: this.item(child), place: placeOf(child) ?? index + 1 }))
      .sort((left, right) => left.place - right.place)
      .map((child) => child.item);
    this.depth--;
    const order = (
      info.get('child_order') ??
      this.defaults.get('default_child_order') ??
      'infix'
    ).toLowerCase();
    return {
      kind: 'record',
      name: attribute(node, 'name') ?? '',
      ...occurs,
      structure: info.get('structure') === 'positional' ? 'positional' : 'delimited',
      delimiter:
        characters(info, 'child_delimiter') || characters(this.defaults, 'default_child_delimiter'),
      order: order.startsWith('prefix')
        ? 'prefix'
        : order.startsWith('postfix')
          ? 'postfix'
          : 'infix',
      tag: info.get('tag_name') ?? '',
      escape: characters(info, 'escape_char') || characters(this.defaults, 'default_escape_char'),
      children,
    };
  }

  private field(node: TreeNode, occurs: { least: number; most: number }): FlatField {
    const info = infoOf(node, 'fieldInfo') ?? new Map<string, string>();
    const isAttribute = node.local === 'attribute';
    return {
      kind: 'field',
      name: attribute(node, 'name') ?? '',
      isAttribute,
      ...(isAttribute ? { least: attribute(node, 'use') === 'required' ? 1 : 0, most: 1 } : occurs),
      justification: info.get('justification') === 'right' ? 'right' : 'left',
      pad: characters(info, 'pad_char') || characters(this.defaults, 'default_pad_char') || ' ',
      wrap: characters(info, 'wrap_char') || characters(this.defaults, 'default_wrap_char'),
      offset: Number(info.get('pos_offset') ?? 0),
      length: Number(info.get('pos_length') ?? 0),
    };
  }

  private complexType(node: TreeNode): TreeNode | undefined {
    const inline = elements(node).find((child) => child.local === 'complexType');
    const named = attribute(node, 'type');
    return inline ?? (named === undefined ? undefined : this.global('complexType', named));
  }

  private children(type: TreeNode): TreeNode[] {
    return elements(type).flatMap((child) => {
      if (child.local === 'element' || child.local === 'attribute') return [child];
      return child.local === 'annotation' ? [] : this.children(child);
    });
  }

  private global(kind: string, name: string): TreeNode | undefined {
    const local = name.slice(name.indexOf(':') + 1);
    return elements(this.schema).find(
      (node) => node.local === kind && attribute(node, 'name') === local,
    );
  }
}

/** `x` and `x_type`: characters as they are, or bytes in hexadecimal (`0x0D 0x0A`). */
function characters(info: Info, name: string): string {
  const value = info.get(name) ?? '';
  const type = info.get(`${name}_type`);
  if (type === 'hex' || (type === undefined && /^0x[\da-f]{2}/i.test(value))) {
    return [...value.matchAll(/0x([\da-f]{1,4})/gi)]
      .map((match) => String.fromCharCode(Number.parseInt(match[1] ?? '', 16)))
      .join('');
  }
  return type === 'default' ? '' : value;
}

function placeOf(node: TreeNode): number | undefined {
  const info = infoOf(node, 'recordInfo') ?? infoOf(node, 'fieldInfo');
  const number = info?.get('sequence_number');
  return number === undefined ? undefined : Number(number);
}

/** The attributes of an annotation of a schema node. */
function infoOf(node: TreeNode, name: string): Info | undefined {
  const annotation = elements(node).find((child) => child.local === 'annotation');
  const info =
    annotation &&
    elements(annotation)
      .flatMap(elements)
      .find((child) => child.local === name);
  return info && new Map(info.attributes.map((one) => [one.local, one.value] as const));
}

function elements(node: TreeNode): TreeNode[] {
  return node.children.filter((child) => child.kind === 'element');
}

function attribute(node: TreeNode, name: string): string | undefined {
  return node.attributes.find((one) => one.local === name)?.value;
}
