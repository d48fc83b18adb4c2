/**
 * Symbols and patterns of System.Globalization.NumberFormatInfo. In patterns `n` stands for the
 * digits, `$` for the currency symbol, `%` for the percent symbol and `-` for the negative sign.
 */
export interface NumberFormat {
  readonly negativeSign: string;
  readonly positiveSign: string;
  readonly nan: string;
  readonly positiveInfinity: string;
  readonly negativeInfinity: string;
  readonly decimalSeparator: string;
  readonly groupSeparator: string;
  /** Sizes from the right; the last repeats, 0 ends the grouping. */
  readonly groupSizes: readonly number[];
  readonly numberDecimalDigits: number;
  readonly percentDecimalDigits: number;
  readonly percentSymbol: string;
  readonly perMilleSymbol: string;
  readonly percentPositivePattern: string;
  readonly percentNegativePattern: string;
  readonly currencySymbol: string;
  readonly currencyDecimalDigits: number;
  readonly currencyDecimalSeparator: string;
  readonly currencyGroupSeparator: string;
  readonly currencyPositivePattern: string;
  readonly currencyNegativePattern: string;
}

/** NumberFormatInfo.InvariantInfo. */
export const invariantNumberFormat: NumberFormat = {
  negativeSign: '-',
  positiveSign: '+',
  nan: 'NaN',
  positiveInfinity: 'Infinity',
  negativeInfinity: '-Infinity',
  decimalSeparator: '.',
  groupSeparator: ',',
  groupSizes: [3],
  numberDecimalDigits: 2,
  percentDecimalDigits: 2,
  percentSymbol: '%',
  perMilleSymbol: '‰',
  percentPositivePattern: 'n %',
  percentNegativePattern: '-n %',
  currencySymbol: '¤',
  currencyDecimalDigits: 2,
  currencyDecimalSeparator: '.',
  currencyGroupSeparator: ',',
  currencyPositivePattern: '$n',
  currencyNegativePattern: '($n)',
};
