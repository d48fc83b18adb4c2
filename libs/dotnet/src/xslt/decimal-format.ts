import type { TreeNode } from '../xml-tree/tree-node.js';
import { attributeOf } from './compiler.js';
import type { DecimalFormat } from './runtime.js';
import { loadError } from './xslt-error.js';

/** The decimal format of a stylesheet that declares none. */
export const defaultDecimalFormat: DecimalFormat = {
  decimalSeparator: '.',
  groupingSeparator: ',',
  infinity: 'Infinity',
  minusSign: '-',
  nan: 'NaN',
  percent: '%',
  perMille: '\u2030',
  zeroDigit: '0',
  digit: '#',
  patternSeparator: ';',
};

/** Reads xsl:decimal-format. */
export function readDecimalFormat(element: TreeNode): DecimalFormat {
  const text = (name: string, otherwise: string): string => attributeOf(element, name) ?? otherwise;
  const char = (name: string, otherwise: string): string => {
    const value = text(name, otherwise);
    if (value.length !== 1)
      throw loadError(`The value of the '${name}' attribute must be a single character.`);
    return value;
  };
  const base = defaultDecimalFormat;
  return {
    decimalSeparator: char('decimal-separator', base.decimalSeparator),
    groupingSeparator: char('grouping-separator', base.groupingSeparator),
    infinity: text('infinity', base.infinity),
    minusSign: char('minus-sign', base.minusSign),
    nan: text('NaN', base.nan),
    percent: char('percent', base.percent),
    perMille: char('per-mille', base.perMille),
    zeroDigit: char('zero-digit', base.zeroDigit),
    digit: char('digit', base.digit),
    patternSeparator: char('pattern-separator', base.patternSeparator),
  };
}
