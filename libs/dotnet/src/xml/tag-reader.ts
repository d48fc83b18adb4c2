import { countWork } from '../work-meter.js';
import type { Entities } from './entities.js';
import type { OpenScopes } from './open-scopes.js';
import type { XmlCursor } from './xml-cursor.js';
import type { ParsedAttribute, QName } from './xml-handler.js';

const xmlUri = 'http://www.w3.org/XML/1998/namespace';
const xmlnsUri = 'http://www.w3.org/2000/xmlns/';

/** What a reference in an attribute costs of a budget of steps. */
const stepsOfReference = 5;

const nothing: readonly string[] = [];

interface RawAttribute {
  readonly prefix: string;
  readonly local: string;
  readonly value: string;
  readonly at: number;
}

/** A start tag. */
export interface Tag {
  readonly name: QName;
  readonly attributes: readonly ParsedAttribute[];
  readonly empty: boolean;
  /** Prefixes that it declares. */
  readonly declared: readonly string[];
}

/** Reads the start tag at the cursor (behind `<`) and adds what it declares to the scopes. */
export function readTag(cursor: XmlCursor, entities: Entities, scopes: OpenScopes): Tag {
  const start = cursor.at;
  const { prefix, local } = cursor.qualifiedName();
  const raw = readAttributes(cursor, entities);
  const empty = cursor.take('/');
  if (empty) cursor.expect('>');
  else cursor.at++;
  const declared = declare(cursor, raw, scopes);
  const resolve = (wanted: string, at: number): string => {
    const uri = scopes.uriOf(wanted);
    if (uri === undefined) throw cursor.error(`'${wanted}' is an undeclared prefix.`, at);
    return uri;
  };
  const name = {
    prefix,
    local,
    uri: prefix === '' ? (scopes.uriOf('') ?? '') : resolve(prefix, start),
  };
  const attributes = raw.map((attribute) => ({
    prefix: attribute.prefix,
    local: attribute.local,
    value: attribute.value,
    uri: attributeUri(attribute, resolve),
  }));
  refuseDuplicates(cursor, attributes, raw);
  return { name, attributes, empty, declared };
}

function attributeUri(
  { prefix, local, at }: RawAttribute,
  resolve: (prefix: string, at: number) => string,
): string {
  if (prefix === '') return local === 'xmlns' ? xmlnsUri : '';
  return prefix === 'xmlns' ? xmlnsUri : resolve(prefix, at);
}

/** Attributes of one element; what looks them up by name may look at each. */
const mostAttributes = 1000;

// Leaves the cursor on `>` or `/`.
function readAttributes(cursor: XmlCursor, entities: Entities): RawAttribute[] {
  const attributes: RawAttribute[] = [];
  const names = new Set<string>();
  for (;;) {
    const blank = cursor.skipBlanks();
    if (cursor.char === '>' || cursor.char === '/') return attributes;
    if (cursor.ended) throw cursor.error('Unexpected end of file has occurred.');
    if (!blank) {
      if (attributes.length === 0) throw cursor.badName(false);
      throw cursor.error(`'${cursor.char}' is an unexpected token. Expecting whitespace.`);
    }
    const at = cursor.at;
    const { prefix, local } = cursor.qualifiedName();
    const name = prefix === '' ? local : `${prefix}:${local}`;
    cursor.skipBlanks();
    cursor.expect('=');
    cursor.skipBlanks();
    const value = attributeValue(cursor, entities);
    if (names.has(name)) throw cursor.error(`'${name}' is a duplicate attribute name.`, at);
    if (names.size === mostAttributes)
      throw cursor.error(`An element has more than ${mostAttributes} attributes.`, at);
    names.add(name);
    attributes.push({ prefix, local, value, at });
  }
}

function attributeValue(cursor: XmlCursor, entities: Entities): string {
  const quote = cursor.char;
  if (cursor.ended) throw cursor.error('Unexpected end of file has occurred.');
  if (quote !== '"' && quote !== "'")
    throw cursor.error(`'${quote}' is an unexpected token. The expected token is '"' or '''.`);
  cursor.at++;
  let value = '';
  for (;;) {
    const start = cursor.at;
    while (!cursor.ended && cursor.char !== quote && cursor.char !== '&' && cursor.char !== '<')
      cursor.at++;
    const piece = cursor.text.slice(start, cursor.at);
    cursor.checkChars(start, piece);
    value += piece.replace(/[\t\n]/g, ' ');
    if (cursor.ended) throw cursor.error('Unexpected end of file has occurred.');
    if (cursor.char === '<')
      throw cursor.error("'<', hexadecimal value 0x3C, is an invalid attribute character.");
    if (cursor.take(quote)) return value;
    countWork(stepsOfReference);
    value += entities.read();
  }
}

function declare(
  cursor: XmlCursor,
  raw: readonly RawAttribute[],
  scopes: OpenScopes,
): readonly string[] {
  if (raw.length === 0) return nothing;
  const prefixes: string[] = [];
  for (const { prefix, local, value, at } of raw) {
    const declared = prefix === 'xmlns' ? local : prefix === '' && local === 'xmlns' ? '' : null;
    if (declared === null) continue;
    checkDeclaration(cursor, declared, value, at);
    scopes.declare(declared, value);
    prefixes.push(declared);
  }
  return prefixes;
}

function checkDeclaration(cursor: XmlCursor, prefix: string, uri: string, at: number): void {
  if (prefix === 'xmlns') throw cursor.error('Prefix "xmlns" is reserved for use by XML.', at);
  if ((prefix === 'xml') !== (uri === xmlUri))
    throw cursor.error(
      `Prefix "xml" is reserved for use by XML and can be mapped only to namespace name "${xmlUri}".`,
      at,
    );
  if (uri === xmlnsUri) throw cursor.error('Prefix "xmlns" is reserved for use by XML.', at);
  if (prefix !== '' && uri === '') throw cursor.error('Invalid namespace declaration.', at);
}

function refuseDuplicates(
  cursor: XmlCursor,
  attributes: readonly ParsedAttribute[],
  raw: readonly RawAttribute[],
): void {
  const seen = new Set<string>();
  for (const [i, { prefix, local, uri }] of attributes.entries()) {
    // Names without a namespace, and declarations, were compared as they are written.
    if (uri === '' || uri === xmlnsUri) continue;
    const key = `${uri}\n${local}`;
    if (seen.has(key))
      throw cursor.error(`'${prefix}:${local}' is a duplicate attribute name.`, raw[i]!.at);
    seen.add(key);
  }
}
