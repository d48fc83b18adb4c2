import { argumentException, argumentNull } from '../dotnet-error.js';
import { verifyNCName } from './chars.js';

/** System.Xml.Linq.XNamespace. Equality is by name: use `equals`. */
export class XNamespace {
  static readonly none = new XNamespace('');
  static readonly xml = new XNamespace('http://www.w3.org/XML/1998/namespace');
  static readonly xmlns = new XNamespace('http://www.w3.org/2000/xmlns/');

  /** Use `get`: it gives one object for the well-known namespaces. */
  constructor(readonly namespaceName: string) {}

  /** `XNamespace.Get`. */
  static get(name: string | null): XNamespace {
    if (name === null) throw argumentNull('namespaceName');
    if (name === '') return XNamespace.none;
    if (name === XNamespace.xml.namespaceName) return XNamespace.xml;
    return name === XNamespace.xmlns.namespaceName ? XNamespace.xmlns : new XNamespace(name);
  }

  /** `ns + "local"`. */
  getName(localName: string | null): XName {
    return new XName(verifyNCName(localName), this);
  }

  equals(other: XNamespace | null): boolean {
    return other !== null && this.namespaceName === other.namespaceName;
  }

  toString(): string {
    return this.namespaceName;
  }
}

/** System.Xml.Linq.XName: a local name in a namespace. Equality is by both: use `equals`. */
export class XName {
  constructor(
    readonly localName: string,
    readonly namespace: XNamespace,
  ) {}

  /** `XName.Get("{namespace}local")`, also the implicit conversion from string. */
  static get(expanded: string | null): XName {
    if (expanded === null) throw argumentNull('expandedName');
    if (expanded === '') throw invalid(expanded);
    if (!expanded.startsWith('{')) return new XName(verifyNCName(expanded), XNamespace.none);
    const close = expanded.lastIndexOf('}');
    if (close <= 1 || close === expanded.length - 1) throw invalid(expanded);
    return XNamespace.get(expanded.slice(1, close)).getName(expanded.slice(close + 1));
  }

  get namespaceName(): string {
    return this.namespace.namespaceName;
  }

  equals(other: XName | null): boolean {
    return (
      other !== null &&
      this.localName === other.localName &&
      this.namespace.namespaceName === other.namespace.namespaceName
    );
  }

  /** `{namespace}local`, without namespace just the local name. */
  toString(): string {
    return this.namespaceName === '' ? this.localName : `{${this.namespaceName}}${this.localName}`;
  }
}

function invalid(name: string): Error {
  return argumentException(`'${name}' is an invalid expanded name.`);
}
