import { childrenNamed, qualifiedName } from '../xml-tree.js';
import type { XmlTree } from '../xml-tree.js';

/** A name in a namespace. */
export interface QualifiedName {
  readonly namespace: string;
  readonly local: string;
}

/** What an element holds: text of a kind, or other elements. */
export type Shape =
  | { readonly kind: 'text' | 'number' | 'boolean' }
  | { readonly kind: 'object'; readonly fields: readonly Field[] };

/** An element in a content model. */
export interface Field {
  readonly name: string;
  /** "" for elements that belong to no namespace. */
  readonly namespace: string;
  /** May stand more than once. */
  readonly many: boolean;
  readonly optional: boolean;
  readonly nillable: boolean;
  readonly shape: Shape;
}

/** An element that holds nothing but one repeated element is a list in JSON. */
export function listOf({ shape, many }: Field): Field | undefined {
  if (many || shape.kind !== 'object' || shape.fields.length !== 1) return undefined;
  const [only] = shape.fields;
  return only?.many ? only : undefined;
}

/** A schema that cannot be written as JSON; the message is for the author of the import. */
export class ShapeError extends Error {}

const xsd = 'http://www.w3.org/2001/XMLSchema';
const numbers =
  /^(decimal|integer|int|long|short|byte|float|double|(non)?(positive|negative)Integer|unsigned(Int|Long|Short|Byte))$/;

/** Content models of a WSDL's schemas, as far as JSON can express them: sequences, choices, extensions, references. */
export class XsdShapes {
  readonly #schemas: readonly XmlTree[];

  constructor(schemas: readonly XmlTree[]) {
    this.#schemas = schemas;
  }

  /** A global element. @throws ShapeError */
  element(name: QualifiedName): Field {
    const found = this.#find('element', name);
    if (!found) throw new ShapeError(`The element '${name.local}' is not in the schemas.`);
    return this.#field(found.node, found.schema, []);
  }

  /** What a type holds. @throws ShapeError */
  type(name: QualifiedName): Shape {
    return this.#typed(name, []);
  }

  #find(kind: string, name: QualifiedName): { node: XmlTree; schema: XmlTree } | undefined {
    for (const schema of this.#schemas) {
      if ((schema.attributes['targetNamespace'] ?? '') !== name.namespace) continue;
      const node = childrenNamed(schema, kind).find((one) => one.attributes['name'] === name.local);
      if (node) return { node, schema };
    }
    return undefined;
  }

  #field(node: XmlTree, schema: XmlTree, within: readonly string[]): Field {
    const { ref, maxOccurs, minOccurs, nillable } = node.attributes;
    const occurrence = {
      many: maxOccurs === 'unbounded' || Number(maxOccurs ?? 1) > 1,
      optional: minOccurs === '0',
    };
    if (ref !== undefined) {
      const name = qualifiedName(node, ref);
      const found = this.#find('element', name);
      if (!found) throw new ShapeError(`The element '${name.local}' is not in the schemas.`);
      return { ...this.#field(found.node, found.schema, within), ...occurrence };
    }
    const isGlobal = schema.children.includes(node);
    const form = node.attributes['form'] ?? schema.attributes['elementFormDefault'];
    const qualified = isGlobal || form === 'qualified';
    return {
      name: node.attributes['name'] ?? '',
      namespace: qualified ? (schema.attributes['targetNamespace'] ?? '') : '',
      ...occurrence,
      nillable: nillable === 'true' || nillable === '1',
      shape: this.#shapeOf(node, schema, within),
    };
  }

  #shapeOf(node: XmlTree, schema: XmlTree, within: readonly string[]): Shape {
    const own = childrenNamed(node, 'complexType')[0];
    if (own) return this.#complex(own, schema, within);
    const written = node.attributes['type'];
    if (written === undefined) {
      const simple = childrenNamed(node, 'simpleType')[0];
      return simple ? this.#simple(simple) : { kind: 'text' };
    }
    return this.#typed(qualifiedName(node, written), within);
  }

  #typed(name: QualifiedName, within: readonly string[]): Shape {
    if (name.namespace === xsd) return builtIn(name.local);
    const key = `{${name.namespace}}${name.local}`;
    if (within.includes(key)) throw new ShapeError(`The type '${name.local}' contains itself.`);
    const complex = this.#find('complexType', name);
    if (complex) return this.#complex(complex.node, complex.schema, [...within, key]);
    const simple = this.#find('simpleType', name);
    return simple ? this.#simple(simple.node) : { kind: 'text' };
  }

  #simple(type: XmlTree): Shape {
    const restriction = childrenNamed(type, 'restriction')[0];
    const base = restriction?.attributes['base'];
    return restriction && base !== undefined
      ? this.#typed(qualifiedName(restriction, base), [])
      : { kind: 'text' };
  }

  #complex(type: XmlTree, schema: XmlTree, within: readonly string[]): Shape {
    const simple = childrenNamed(type, 'simpleContent')[0]?.children.find(isDerivation);
    if (simple) return this.#typed(qualifiedName(simple, simple.attributes['base'] ?? ''), within);
    const derived = childrenNamed(type, 'complexContent')[0]?.children.find(isDerivation);
    if (!derived) return { kind: 'object', fields: this.#content(type, schema, within) };
    const inherited =
      derived.name === 'extension'
        ? this.#typed(qualifiedName(derived, derived.attributes['base'] ?? ''), within)
        : undefined;
    const before = inherited?.kind === 'object' ? inherited.fields : [];
    return { kind: 'object', fields: [...before, ...this.#content(derived, schema, within)] };
  }

  /** The elements of sequences, choices and groups, whatever their nesting; of a choice each may be missing. */
  #content(model: XmlTree, schema: XmlTree, within: readonly string[]): Field[] {
    return model.children.flatMap((child): Field[] => {
      switch (child.name) {
        case 'element':
          return [this.#field(child, schema, within)];
        case 'sequence':
        case 'all':
          return this.#content(child, schema, within);
        case 'choice':
          return this.#content(child, schema, within).map((one) => ({ ...one, optional: true }));
        case 'group': {
          const found = this.#find('group', qualifiedName(child, child.attributes['ref'] ?? ''));
          return found ? this.#content(found.node, found.schema, within) : [];
        }
        default:
          return [];
      }
    });
  }
}

function isDerivation({ name }: XmlTree): boolean {
  return name === 'extension' || name === 'restriction';
}

function builtIn(local: string): Shape {
  if (local === 'boolean') return { kind: 'boolean' };
  return { kind: numbers.test(local) ? 'number' : 'text' };
}
