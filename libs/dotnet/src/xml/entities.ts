import type { DotNetError } from '../dotnet-error.js';
import { findInvalidChar } from './chars.js';
import type { XmlCursor } from './xml-cursor.js';
import { characterText } from './xml-error.js';

const predefined = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

/**
 * Character and entity references. Only internal entities of plain text are known, and what they
 * expand to is limited: no document may grow by its references.
 */
export class Entities {
  private readonly declared = new Map<string, string>();
  private expanded = 0;

  constructor(
    private readonly cursor: XmlCursor,
    private readonly limit: number,
  ) {}

  /** Takes the entity declarations of a document type's internal subset. */
  declare(internalSubset: string): void {
    const form = /<!ENTITY\s+([^\s%]+)\s+(?:"([^"]*)"|'([^']*)')\s*>/g;
    for (const [, name, double, single] of internalSubset.matchAll(form))
      if (!this.declared.has(name!)) this.declared.set(name!, double ?? single ?? '');
  }

  /** The text of the reference at the cursor, which stands on `&`. */
  read(): string {
    const start = this.cursor.at;
    this.cursor.at++;
    if (this.cursor.take('#')) return this.characterReference(start);
    const name = this.entityName();
    return this.expand(name, start, []);
  }

  private entityName(): string {
    const { cursor } = this;
    const match = /[^\s;&<>#"'=]*/y;
    match.lastIndex = cursor.at;
    const name = match.exec(cursor.text)?.[0] ?? '';
    if (name === '' || cursor.text[cursor.at + name.length] !== ';')
      throw this.malformed(cursor.at + name.length);
    cursor.at += name.length + 1;
    return name;
  }

  private malformed(index: number): DotNetError {
    const { cursor } = this;
    if (index >= cursor.text.length)
      return cursor.error('Unexpected end of file has occurred.', index);
    return cursor.error('An error occurred while parsing EntityName.', index);
  }

  private characterReference(start: number): string {
    const { cursor } = this;
    const match = /(?:x([0-9a-fA-F]+)|([0-9]+));/y;
    match.lastIndex = cursor.at;
    const found = match.exec(cursor.text);
    if (!found)
      throw cursor.error(
        'Invalid syntax for a hexadecimal numeric entity reference.'.replace(
          ' hexadecimal',
          cursor.char === 'x' ? ' hexadecimal' : ' decimal',
        ),
      );
    const code = found[1] ? Number.parseInt(found[1], 16) : Number(found[2]);
    const char = code <= 0x10_ffff ? String.fromCodePoint(code) : '\uffff';
    if (findInvalidChar(char))
      throw cursor.error(`${characterText(char)}, is an invalid character.`, start + 2);
    cursor.at += found[0].length;
    return char;
  }

  private expand(name: string, start: number, open: readonly string[]): string {
    const known = predefined.get(name);
    if (known !== undefined) return known;
    const value = this.declared.get(name);
    if (value === undefined)
      throw this.cursor.error(`Reference to undeclared entity '${name}'.`, start + 1);
    if (open.includes(name))
      throw this.cursor.error(`General entity '${name}' references itself.`, start + 1);
    if (value.includes('<'))
      throw this.cursor.error(
        `Entity '${name}' contains markup, which is not supported.`,
        start + 1,
      );
    const text = value.replace(
      /&(?:#x([0-9a-f]+)|#(\d+)|([^;#&\s]+));/gi,
      (_, hex, decimal, inner) =>
        inner === undefined
          ? String.fromCodePoint(
              Math.min(Number.parseInt(hex ?? decimal, hex ? 16 : 10), 0x10_ffff),
            )
          : this.expand(inner as string, start, [...open, name]),
    );
    this.expanded += text.length;
    if (this.expanded > this.limit)
      throw this.cursor.error(
        `The input document has exceeded a limit set by MaxCharactersFromEntities.`,
        start,
      );
    return text;
  }
}
