import type { TypeTable } from '../members/table.js';
import { memberName, readMember } from './member-reader.js';
import { voidType, type NamedType, type NetType } from './net-type.js';
import { SignatureReader } from './signature-reader.js';
import type { Member, Parameter, TypeDefinition, TypeKind } from './type-definition.js';

const keywordTypes: Readonly<Record<string, string>> = {
  bool: 'System.Boolean',
  byte: 'System.Byte',
  sbyte: 'System.SByte',
  short: 'System.Int16',
  ushort: 'System.UInt16',
  int: 'System.Int32',
  uint: 'System.UInt32',
  long: 'System.Int64',
  ulong: 'System.UInt64',
  float: 'System.Single',
  double: 'System.Double',
  decimal: 'System.Decimal',
  char: 'System.Char',
  string: 'System.String',
  object: 'System.Object',
};

const keywordOf = new Map(Object.entries(keywordTypes).map(([keyword, name]) => [name, keyword]));

const definitions = new Map<string, TypeDefinition>();

const simpleNames = new Map<string, TypeDefinition>();

const namespaceNames = new Set<string>();

const instances = new Map<unknown, TypeDefinition>();

const extensionHosts: TypeDefinition[] = [];

const readTypes = new Map<string, NetType>();

/**
 * What the service's own platform gives for an abstract class. Naming a type is no use of it (apim-observed 6), so that
 * `(RSACng)certificate.GetRSAPrivateKey()` is written; here such a name means the class itself.
 */
const platformClass = /^(?:System\.Security\.Cryptography\.)?RSA(?:Cng|CryptoServiceProvider)$/;

/** A type by keyword, simple or full name (`Enumerable`, `System.Linq.Enumerable`) and number of type parameters. */
export function findDefinition(name: string, arity: number): TypeDefinition | undefined {
  const full = Object.hasOwn(keywordTypes, name) ? keywordTypes[name]! : name;
  return (
    definitions.get(`${full}\`${arity}`) ??
    simpleNames.get(`${full}\`${arity}`) ??
    (platformClass.test(full)
      ? definitions.get(`System.Security.Cryptography.RSA\`${arity}`)
      : undefined)
  );
}

/** Whether some type lives in this namespace or below it. */
export function isNamespace(name: string): boolean {
  return namespaceNames.has(name);
}

/** Static classes that declare extension methods. */
export function extensionClasses(): readonly TypeDefinition[] {
  return extensionHosts;
}

/** The definition whose table claims a JS class. */
export function definitionOfInstance(constructor: unknown): TypeDefinition | undefined {
  return instances.get(constructor);
}

/** Reads a type name such as `int`, `List<string>`, `IEnumerable<KeyValuePair<string,JToken>>`, `byte[]`, `void`. */
export function netType(text: string): NetType {
  let type = readTypes.get(text);
  if (type === undefined) {
    type = new SignatureReader(text, findDefinition, new Map()).type();
    readTypes.set(text, type);
  }
  return type;
}

/** As `netType`, for a name that is no array. */
export function named(text: string): NamedType {
  const type = netType(text);
  if (type.kind !== 'named') throw new Error(`${text} is not a named type`);
  return type;
}

/** Adds the tables of the library; called once, when the library is loaded. */
export function registerTables(tables: readonly TypeTable[]): void {
  for (const table of tables) register(table);
}

interface Header {
  readonly kind: TypeKind;
  readonly isAbstract: boolean;
  readonly fullName: string;
  readonly parameterText: string;
  readonly baseText: string;
  readonly delegateReturn: string;
  readonly delegateParameters: string;
}

function readHeader(header: string): Header {
  const delegate = /^delegate\s+(.+?)\s+([\w.]+)\s*(<[^()]*>)?\s*\((.*)\)$/.exec(header);
  if (delegate !== null) {
    return {
      kind: 'delegate',
      isAbstract: false,
      fullName: delegate[2]!,
      parameterText: delegate[3] ?? '',
      baseText: '',
      delegateReturn: delegate[1]!,
      delegateParameters: delegate[4]!,
    };
  }
  const match =
    /^((?:public|sealed|abstract|static|readonly)\s+)*(class|struct|interface|enum)\s+([\w.]+)\s*(<[^:]*>)?\s*(?::\s*(.*))?$/s.exec(
      header,
    );
  if (match === null) throw new Error(`Not a type header: "${header}"`);
  const isStatic = /\bstatic\s+class\b/.test(header);
  return {
    kind: isStatic ? 'static' : (match[2] as TypeKind),
    isAbstract: /\babstract\b/.test(header),
    fullName: match[3]!,
    parameterText: match[4] ?? '',
    baseText: match[5] ?? '',
    delegateReturn: '',
    delegateParameters: '',
  };
}

function register(table: TypeTable): void {
  const header = readHeader(table.header);
  const parameters =
    header.parameterText === ''
      ? []
      : new SignatureReader(header.parameterText, findDefinition, new Map()).typeParameters();
  const key = `${header.fullName}\`${parameters.length}`;
  if (definitions.has(key)) throw new Error(`${key} has two tables`);
  const dot = header.fullName.lastIndexOf('.');
  const scope = new Map<string, NetType>(parameters.map((p) => [p.name, p]));
  const entries = memberEntries(table);
  const read = new Map<string, readonly Member[]>();
  let bases: readonly NamedType[] | undefined;
  let delegate: { parameters: readonly Parameter[]; returns: NetType } | undefined;
  const definition: TypeDefinition = {
    key,
    fullName: header.fullName,
    name: header.fullName.slice(dot + 1),
    namespace: header.fullName.slice(0, dot),
    keyword: keywordOf.get(header.fullName) ?? null,
    kind: header.kind,
    isAbstract: header.isAbstract,
    parameters,
    facets: table.facets,
    enumeration: table.enumeration ?? null,
    get delegate() {
      if (header.kind !== 'delegate') return null;
      delegate ??= readDelegate(header, scope);
      return delegate;
    },
    bases: () => (bases ??= readBases(header, scope)),
    members(name) {
      let members = read.get(name);
      if (members === undefined) {
        members = (entries.get(name) ?? []).map(([signature, entry]) =>
          readMember(signature, entry, definition, findDefinition),
        );
        read.set(name, members);
      }
      return members;
    },
    memberNames: () => entries.keys(),
  };
  addDefinition(definition, table);
}

function addDefinition(definition: TypeDefinition, table: TypeTable): void {
  const arity = definition.parameters.length;
  definitions.set(definition.key, definition);
  const simple = `${definition.name}\`${arity}`;
  if (!simpleNames.has(simple)) simpleNames.set(simple, definition);
  // A nested type is also known as `Outer.Inner`.
  const outer = definition.namespace.slice(definition.namespace.lastIndexOf('.') + 1);
  simpleNames.set(`${outer}.${simple}`, definition);
  for (
    let space = definition.namespace;
    space !== '';
    space = space.slice(0, Math.max(0, space.lastIndexOf('.')))
  )
    namespaceNames.add(space);
  if (table.facets.instance !== undefined) instances.set(table.facets.instance, definition);
  const extends_ = table.members.some((record) =>
    Object.keys(record).some((s) => s.includes('(this ')),
  );
  if (extends_) extensionHosts.push(definition);
}

type Entries = Map<string, [string, TypeTable['members'][number][string]][]>;

function memberEntries(table: TypeTable): Entries {
  const entries: Entries = new Map();
  for (const record of table.members) {
    for (const [signature, entry] of Object.entries(record)) {
      const name = memberName(signature);
      const list = entries.get(name) ?? [];
      list.push([signature, entry]);
      entries.set(name, list);
    }
  }
  return entries;
}

function readBases(header: Header, scope: ReadonlyMap<string, NetType>): readonly NamedType[] {
  const bases: NamedType[] = [];
  if (header.baseText !== '') {
    const reader = new SignatureReader(header.baseText, findDefinition, scope);
    do {
      const base = reader.type();
      if (base.kind === 'named') bases.push(base);
    } while (reader.accept(','));
  }
  const root = {
    class: 'object',
    struct: 'System.ValueType',
    enum: 'System.Enum',
    delegate: 'System.Delegate',
    interface: '',
    static: '',
  }[header.kind];
  const hasClass = bases.some((b) => b.definition.kind === 'class');
  if (root !== '' && !hasClass && header.fullName !== 'System.Object') bases.unshift(named(root));
  return bases;
}

function readDelegate(
  header: Header,
  scope: ReadonlyMap<string, NetType>,
): { parameters: readonly Parameter[]; returns: NetType } {
  const reader = new SignatureReader(`${header.delegateParameters})`, findDefinition, scope);
  const returns =
    header.delegateReturn === 'void'
      ? voidType
      : new SignatureReader(header.delegateReturn, findDefinition, scope).type();
  return { parameters: reader.parameters(')').parameters, returns };
}
