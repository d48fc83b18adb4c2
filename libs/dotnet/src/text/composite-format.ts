import { argumentNull, DotNetError, formatException } from '../dotnet-error.js';

/** A piece of a composite format string. */
export type CompositePart =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'hole';
      readonly index: number;
      /** Positive: right-aligned; negative: left-aligned. */
      readonly alignment: number;
      readonly format: string | null;
    };

const LIMIT = 1_000_000;

const unparsable = (offset: number, expected: string): Error =>
  formatException(
    `Input string was not in a correct format. Failure to parse near offset ${offset}. ${expected}`,
  );

/** Reads `{index[,alignment][:format]}` holes; throws FormatException. */
function parseComposite(format: string): CompositePart[] {
  const parts: CompositePart[] = [];
  let text = '';
  let at = 0;
  while (at < format.length) {
    const char = format[at] ?? '';
    if (char !== '{' && char !== '}') {
      text += char;
      at++;
      continue;
    }
    if (format[at + 1] === char) {
      text += char;
      at += 2;
      continue;
    }
    if (char === '}')
      throw unparsable(at, 'Unexpected closing brace without a corresponding opening brace.');
    if (text !== '') parts.push({ kind: 'text', text });
    text = '';
    const hole = readHole(format, at + 1);
    parts.push(hole.part);
    at = hole.next;
  }
  if (text !== '') parts.push({ kind: 'text', text });
  return parts;
}

function readHole(format: string, start: number): { part: CompositePart; next: number } {
  const match = /^(\d+) *(?:, *(-?)(\d+) *)?(?::([^{}]*))?\}/.exec(format.slice(start));
  if (!match) {
    const tail = format.slice(start);
    if (tail === '' || /^[^}]*$/.test(tail))
      throw unparsable(format.length, 'Format item ends prematurely.');
    throw unparsable(start, 'Expected an ASCII digit.');
  }
  const index = Number(match[1]);
  const width = Number(match[3] ?? 0);
  if (index >= LIMIT || width > 2_147_483_647) throw indexOutside();
  return {
    part: {
      kind: 'hole',
      index,
      alignment: match[2] === '-' ? -width : width,
      format: match[4] ?? null,
    },
    next: start + match[0].length,
  };
}

const indexOutside = (): Error =>
  formatException(
    'Index (zero based) must be greater than or equal to zero and less than the size of the argument list.',
  );

const MOST_CHARACTERS = 50_000_000;

function refuseHuge(length: number): void {
  if (length > MOST_CHARACTERS) {
    throw new DotNetError(
      'System.OutOfMemoryException',
      'Insufficient memory to continue the execution of the program.',
    );
  }
}

/** Pads a formatted value: positive widths align right, negative ones left. */
const alignText = (text: string, alignment: number): string =>
  alignment >= 0 ? text.padStart(alignment) : text.padEnd(-alignment);

/**
 * `string.Format(format, args)`. `formatArgument` turns an argument into text with the format of its hole;
 * null arguments become empty; `size` may refuse a length before it is allocated. Throws FormatException.
 */
export function formatComposite<T>(
  format: string | null,
  args: readonly (T | null)[],
  formatArgument: (value: T, format: string | null) => string,
  size: (length: number) => void = refuseHuge,
): string {
  if (format === null) throw argumentNull('format');
  let text = '';
  for (const part of parseComposite(format)) {
    if (part.kind === 'text') {
      text += part.text;
      continue;
    }
    const value = args[part.index];
    if (value === undefined) throw indexOutside();
    size(text.length + Math.abs(part.alignment));
    text += alignText(value === null ? '' : formatArgument(value, part.format), part.alignment);
  }
  return text;
}
