import { Guid, toLowerInvariant, toUpperInvariant, trimText } from '@isthmus/dotnet';
import { textOf } from '../text.js';
import type { WorkflowValue } from '../value.js';
import { integerAt, onlyString, optionalStringAt, stringAt } from './arguments.js';
import { eager, failure, many, type WorkflowFunction } from './function.js';
import { countText } from '../work.js';
import { indexIgnoringCase, lastIndexIgnoringCase, toUpperOrdinal } from './ordinal.js';

/** The greatest length of a result of `concat`, `replace` and `join`. */
const maximumTextLength = 104_857_600;

export function checkLength(name: string, length: number): void {
  if (length > maximumTextLength) {
    throw failure(
      name,
      `exceeded the maximum length of ${maximumTextLength} characters for its result.`,
    );
  }
}

function concat(args: readonly WorkflowValue[]): string {
  let text = '';
  for (const value of args) text += textOf(value);
  checkLength('concat', text.length);
  return text;
}

function replace(args: readonly WorkflowValue[]): string {
  const text = stringAt('replace', args, 0);
  const old = stringAt('replace', args, 1);
  const next = stringAt('replace', args, 2);
  if (old === '')
    throw failure('replace', 'expects its second parameter to be a string that is not empty.');
  countText(text.length);
  const parts = text.split(old);
  checkLength('replace', text.length + (parts.length - 1) * (next.length - old.length));
  return parts.join(next);
}

function split(args: readonly WorkflowValue[]): readonly string[] {
  const text = stringAt('split', args, 0);
  const separator = stringAt('split', args, 1);
  countText(text.length);
  return separator === '' ? [text] : text.split(separator);
}

function substring(args: readonly WorkflowValue[]): string {
  const text = stringAt('substring', args, 0);
  const start = integerAt('substring', args, 1);
  if (start < 0 || start >= text.length) {
    throw failure(
      'substring',
      "parameter is out of range: 'start index' must be non-negative integer and should be less than the length of the string.",
    );
  }
  const length = args.length > 2 ? integerAt('substring', args, 2) : text.length - start;
  if (length < 0 || start + length > text.length) {
    throw failure(
      'substring',
      "parameters are out of range: 'start index' and 'length' must be non-negative integers and their sum must be no larger than the length of the string.",
    );
  }
  return text.slice(start, start + length);
}

function slice(args: readonly WorkflowValue[]): string {
  const text = stringAt('slice', args, 0);
  const start = integerAt('slice', args, 1);
  return args.length > 2 ? text.slice(start, integerAt('slice', args, 2)) : text.slice(start);
}

/** Corner values as documented: of the empty search -1 never, 0 in the empty text, else the last position. */
function lastIndexOf(args: readonly WorkflowValue[]): number {
  const text = stringAt('lastIndexOf', args, 0);
  const search = stringAt('lastIndexOf', args, 1);
  if (search === '') return Math.max(text.length - 1, 0);
  return lastIndexIgnoringCase(text, search);
}

/** The position of the n-th occurrence, from the end when n is negative; occurrences do not overlap. */
function nthIndexOf(args: readonly WorkflowValue[]): number {
  const text = toUpperOrdinal(stringAt('nthIndexOf', args, 0));
  const search = toUpperOrdinal(stringAt('nthIndexOf', args, 1));
  const wanted = integerAt('nthIndexOf', args, 2);
  if (wanted === 0)
    throw failure('nthIndexOf', "expects its third parameter 'occurrence' to be other than zero.");
  const positions: number[] = [];
  const step = Math.max(search.length, 1);
  for (let at = text.indexOf(search); at >= 0; at = text.indexOf(search, at + step)) {
    positions.push(at);
    if (positions.length === wanted || at + step > text.length) break;
  }
  return positions.at(wanted > 0 ? wanted - 1 : wanted) ?? -1;
}

function guid(args: readonly WorkflowValue[], text: string): string {
  const format = optionalStringAt('guid', args, 0) ?? 'D';
  return Guid.parse(text).toString(format);
}

// XmlConvert.EncodeLocalName: what may not stand in a name becomes _xHHHH_.
const nameStart = /^[\p{L}_]$/u;
const nameCharacter = /^[\p{L}\p{N}\p{M}._\u00b7-]$/u;

function encodeXmlName(name: string): string {
  let text = '';
  let first = true;
  for (const character of name) {
    const isEscapeLike =
      character === '_' && /^_x(?:[\dA-Fa-f]{4}|[\dA-Fa-f]{8})_/.test(name.slice(text.length));
    const fits = (first ? nameStart : nameCharacter).test(character) && !isEscapeLike;
    const code = character.codePointAt(0) as number;
    text += fits
      ? character
      : `_x${code
          .toString(16)
          .toUpperCase()
          .padStart(code > 0xffff ? 8 : 4, '0')}_`;
    first = false;
  }
  return text;
}

function decodeXmlName(name: string): string {
  return name.replace(/_x([\dA-Fa-f]{8}|[\dA-Fa-f]{4})_/g, (escape, digits: string) => {
    const code = Number.parseInt(digits, 16);
    return code > 0x10ffff ? escape : String.fromCodePoint(code);
  });
}

const xmlEntities: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&quot;',
  "'": '&apos;',
};
const xmlCharacters: ReadonlyMap<string, string> = new Map(
  Object.entries(xmlEntities).map(([character, entity]) => [entity.slice(1, -1), character]),
);

function decodeXmlValue(text: string): string {
  return text.replace(
    /&(?:#x([\dA-Fa-f]{1,6})|#(\d{1,7})|(\w+));/g,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return xmlCharacters.get(name) ?? whole;
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return code > 0x10ffff ? whole : String.fromCodePoint(code);
    },
  );
}

/** The text of a function that goes through all of it. */
function readWhole(name: string, args: readonly WorkflowValue[]): string {
  const text = onlyString(name, args);
  countText(text.length);
  return text;
}

/** String functions. Positions count UTF-16 units. */
export const stringFunctions: readonly WorkflowFunction[] = [
  eager('concat', [1, many], concat),
  eager('replace', [3, 3], replace),
  eager('split', [2, 2], split),
  eager('substring', [2, 3], substring),
  eager('slice', [2, 3], slice),
  eager('toLower', [1, 1], (args) => toLowerInvariant(readWhole('toLower', args))),
  eager('toUpper', [1, 1], (args) => toUpperInvariant(readWhole('toUpper', args))),
  eager('trim', [1, 1], (args) => trimText(onlyString('trim', args))),
  eager('trimByteOrderMark', [1, 1], (args) =>
    onlyString('trimByteOrderMark', args).replace(/^\ufeff+/, ''),
  ),
  eager('indexOf', [2, 2], (args) =>
    indexIgnoringCase(stringAt('indexOf', args, 0), stringAt('indexOf', args, 1)),
  ),
  eager('lastIndexOf', [2, 2], lastIndexOf),
  eager('nthIndexOf', [3, 3], nthIndexOf),
  eager('startsWith', [2, 2], (args) =>
    toUpperOrdinal(stringAt('startsWith', args, 0)).startsWith(
      toUpperOrdinal(stringAt('startsWith', args, 1)),
    ),
  ),
  eager('endsWith', [2, 2], (args) =>
    toUpperOrdinal(stringAt('endsWith', args, 0)).endsWith(
      toUpperOrdinal(stringAt('endsWith', args, 1)),
    ),
  ),
  eager('guid', [0, 1], (args, scope) => guid(args, scope.newGuid())),
  eager('utf8Length', [1, 1], (args) => Buffer.byteLength(readWhole('utf8Length', args), 'utf8')),
  eager('utf16Length', [1, 1], (args) => onlyString('utf16Length', args).length * 2),
  eager('encodeXmlName', [1, 1], (args) => encodeXmlName(readWhole('encodeXmlName', args))),
  eager('decodeXmlName', [1, 1], (args) => decodeXmlName(readWhole('decodeXmlName', args))),
  eager('encodeXmlValue', [1, 1], (args) =>
    readWhole('encodeXmlValue', args).replace(
      /[<>&"']/g,
      (character) => xmlEntities[character] as string,
    ),
  ),
  eager('decodeXmlValue', [1, 1], (args) => decodeXmlValue(readWhole('decodeXmlValue', args))),
];
