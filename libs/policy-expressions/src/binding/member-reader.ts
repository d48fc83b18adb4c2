import {
  isConstant,
  type Accessors,
  type Constant,
  type Implementation,
} from '../members/table.js';
import { namedType, type NetType } from './net-type.js';
import { SignatureReader, type FindType } from './signature-reader.js';
import type { Member, Parameter, TypeDefinition } from './type-definition.js';

type Entry = Implementation | Accessors | Constant;

/** The name under which a signature's member is found, without reading all of it. */
export function memberName(signature: string): string {
  if (/^new\s*\(/.test(signature)) return '.ctor';
  const conversion = /\b(implicit|explicit)\s+operator\b/.exec(signature);
  if (conversion !== null) return `op_${conversion[1]}`;
  const operator = /\boperator\s*([^\s\w(]+|true|false)\s*\(/.exec(signature);
  if (operator !== null) return `op_${operator[1]}`;
  if (/\bthis\s*\[/.test(signature)) return 'this[]';
  const head =
    /([A-Za-z_]\w*)\s*(?:<[\w\s,]+>)?\s*\(/.exec(signature) ??
    /([A-Za-z_]\w*)\s*\{/.exec(signature) ??
    /([A-Za-z_]\w*)\s*$/.exec(signature);
  if (head === null) throw new Error(`Not a member signature: "${signature}"`);
  return head[1]!;
}

/** Reads one table entry. */
export function readMember(
  signature: string,
  entry: Entry,
  declaring: TypeDefinition,
  find: FindType,
): Member {
  const scope = new Map<string, NetType>(declaring.parameters.map((p) => [p.name, p]));
  const reader = new SignatureReader(signature, find, scope);
  const isStatic = reader.accept('static');
  const isConst = reader.accept('const');
  reader.accept('readonly');
  if (reader.accept('new')) return readConstructor(reader, entry, declaring, signature);
  if (reader.current === 'implicit' || reader.current === 'explicit')
    return readConversion(reader, entry, declaring, signature);
  const generic = genericParameters(signature);
  const typed = generic === null ? reader : reader.withScope(generic.parameters);
  const type = typed.type();
  if (typed.accept('operator')) return readOperator(typed, { entry, declaring, signature, type });
  const property = { declaring, signature, type, isStatic: isStatic || isConst, entry };
  if (typed.accept('this')) {
    typed.expect('[');
    return readProperty(property, 'this[]', typed.parameters(']').parameters);
  }
  const name = typed.advance();
  if (typed.current !== '(' && typed.current !== '<') return readProperty(property, name, []);
  if (generic !== null) while (typed.current !== '(') typed.advance();
  typed.expect('(');
  const { parameters, isExtension } = typed.parameters(')');
  if (generic !== null) typed.constraints(generic.parameters);
  return {
    kind: 'method',
    name,
    isStatic,
    isExtension,
    typeParameters: generic?.parameters ?? [],
    parameters,
    returns: type,
    declaring,
    implementation: implementation(entry, signature),
    signature,
  };
}

interface PropertyHead extends OperatorHead {
  readonly isStatic: boolean;
}

function readProperty(head: PropertyHead, name: string, parameters: readonly Parameter[]): Member {
  const { entry, ...facts } = head;
  return { kind: 'property', name, parameters, ...facts, ...accessors(entry) };
}

/** The type parameters of a generic method: `Name<T, U>(`; they stand behind the return type that uses them. */
function genericParameters(
  signature: string,
): { parameters: ReturnType<SignatureReader['typeParameters']> } | null {
  const list = /[A-Za-z_]\w*\s*(<[\w\s,]+>)\s*\(/.exec(signature);
  if (list === null || /\bthis\s*\[/.test(signature)) return null;
  const reader = new SignatureReader(list[1]!, () => undefined, new Map());
  return { parameters: reader.typeParameters() };
}

function readConstructor(
  reader: SignatureReader,
  entry: Entry,
  declaring: TypeDefinition,
  signature: string,
): Member {
  reader.expect('(');
  const { parameters } = reader.parameters(')');
  return {
    kind: 'method',
    name: '.ctor',
    isStatic: true,
    isExtension: false,
    typeParameters: [],
    parameters,
    returns: namedType(declaring, declaring.parameters),
    declaring,
    implementation: implementation(entry, signature),
    signature,
  };
}

function readConversion(
  reader: SignatureReader,
  entry: Entry,
  declaring: TypeDefinition,
  signature: string,
): Member {
  const name = `op_${reader.advance()}`;
  reader.expect('operator');
  const returns = reader.type();
  reader.expect('(');
  const { parameters } = reader.parameters(')');
  return {
    kind: 'method',
    name,
    isStatic: true,
    isExtension: false,
    typeParameters: [],
    parameters,
    returns,
    declaring,
    implementation: implementation(entry, signature),
    signature,
  };
}

interface OperatorHead {
  readonly entry: Entry;
  readonly declaring: TypeDefinition;
  readonly signature: string;
  readonly type: NetType;
}

function readOperator(reader: SignatureReader, head: OperatorHead): Member {
  const name = `op_${reader.advance()}`;
  reader.expect('(');
  const { parameters } = reader.parameters(')');
  return {
    kind: 'method',
    name,
    isStatic: true,
    isExtension: false,
    typeParameters: [],
    parameters,
    returns: head.type,
    declaring: head.declaring,
    implementation: implementation(head.entry, head.signature),
    signature: head.signature,
  };
}

function implementation(entry: Entry, signature: string): Implementation {
  if (typeof entry !== 'function') throw new Error(`"${signature}" needs a function`);
  return entry;
}

function accessors(entry: Entry): {
  get: Implementation | null;
  set: Implementation | null;
  constant: { value: unknown } | null;
} {
  if (typeof entry === 'function') return { get: entry, set: null, constant: null };
  if (isConstant(entry)) return { get: null, set: null, constant: { value: entry.constant } };
  return { get: entry.get, set: entry.set ?? null, constant: null };
}
