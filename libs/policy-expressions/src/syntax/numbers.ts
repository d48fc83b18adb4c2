import { CompileError } from '../binding/problem.js';
import { isIdentifierPart } from './characters.js';
import type { NumberKind } from './token.js';

export interface NumberText {
  readonly number: NumberKind;
  /** Digits without separators and suffix; `0x`/`0b` is resolved: integers are decimal digits. */
  readonly digits: string;
  readonly end: number;
}

/** Reads a numeric literal that starts at `start` (a digit, or a dot followed by a digit). */
export function readNumber(text: string, start: number): NumberText {
  const prefix = text.slice(start, start + 2).toLowerCase();
  if (prefix === '0x' || prefix === '0b') return readRadix(text, start, prefix);
  const match = /^(?:\d[\d_]*)?(?:\.\d[\d_]*)?(?:[eE][+-]?\d[\d_]*)?/.exec(
    text.slice(start, start + 400),
  );
  const body = match?.[0] ?? '';
  const after = start + body.length;
  if (body.endsWith('_')) throw new CompileError('CS1013', 'Invalid number', start);
  const suffix =
    /^(?:[uU][lL]|[lL][uU]|[uUlLfFdDmM])?/.exec(text.slice(after, after + 2))?.[0].toLowerCase() ??
    '';
  const end = after + suffix.length;
  const next = text[end] ?? '';
  if (/[eE]/.test(text[after] ?? '') && suffix === '')
    throw new CompileError('CS0595', 'Invalid real literal.', start);
  if (isIdentifierPart(next)) throw new CompileError('CS1073', `Unexpected token '${next}'`, end);
  const digits = body.replaceAll('_', '');
  const real = /[.eE]/.test(body);
  if (suffix === 'm') return { number: 'decimal', digits, end };
  if (suffix === 'f' || suffix === 'd' || (real && suffix === '')) {
    const number = suffix === 'f' ? 'float' : 'double';
    const value = number === 'float' ? Math.fround(Number(digits)) : Number(digits);
    if (!Number.isFinite(value)) {
      throw new CompileError(
        'CS0594',
        `Floating-point constant is outside the range of type '${number}'`,
        start,
      );
    }
    return { number, digits, end };
  }
  if (real) throw new CompileError('CS1073', `Unexpected token '${suffix}'`, after);
  return { number: integerKind(BigInt(digits), suffix, start), digits, end };
}

function readRadix(text: string, start: number, prefix: string): NumberText {
  const pattern = prefix === '0x' ? /^[0-9a-fA-F_]*[0-9a-fA-F]/ : /^[01_]*[01]/;
  const body = pattern.exec(text.slice(start + 2, start + 402))?.[0];
  if (body === undefined) throw new CompileError('CS1013', 'Invalid number', start);
  const after = start + 2 + body.length;
  const suffix =
    /^(?:[uU][lL]|[lL][uU]|[uUlL])?/.exec(text.slice(after, after + 2))?.[0].toLowerCase() ?? '';
  const end = after + suffix.length;
  const next = text[end] ?? '';
  if (isIdentifierPart(next)) throw new CompileError('CS1073', `Unexpected token '${next}'`, end);
  const value = BigInt(prefix + body.replaceAll('_', ''));
  return { number: integerKind(value, suffix, start), digits: value.toString(), end };
}

function integerKind(value: bigint, suffix: string, at: number): NumberKind {
  if (value >= 1n << 64n) throw new CompileError('CS1021', 'Integral constant is too large', at);
  const unsigned = suffix.includes('u');
  const long = suffix.includes('l');
  if (!unsigned && !long && value < 1n << 31n) return 'int';
  if (!long && value < 1n << 32n) return 'uint';
  if (!unsigned && value < 1n << 63n) return 'long';
  return 'ulong';
}
