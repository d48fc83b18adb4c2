/**
 * An exception as .NET would throw it. `typeName` is the full .NET type name
 * (`System.FormatException`), `message` the text .NET composes, including the
 * ` (Parameter 'x')` suffix of argument exceptions.
 */
export class DotNetError extends Error {
  readonly typeName: string;
  readonly paramName: string | null;
  readonly inner: DotNetError | null;

  constructor(
    typeName: string,
    message: string,
    details: { paramName?: string; inner?: DotNetError } = {},
  ) {
    super(details.paramName ? `${message} (Parameter '${details.paramName}')` : message);
    this.name = typeName;
    this.typeName = typeName;
    this.paramName = details.paramName ?? null;
    this.inner = details.inner ?? null;
  }
}

/** System.FormatException. */
export const formatException = (message: string): DotNetError =>
  new DotNetError('System.FormatException', message);

/** System.OverflowException. */
export const overflowException = (message: string): DotNetError =>
  new DotNetError('System.OverflowException', message);

/** System.ArgumentException; `paramName` is appended to the message as .NET does. */
export const argumentException = (message: string, paramName?: string): DotNetError =>
  new DotNetError(
    'System.ArgumentException',
    message,
    paramName === undefined ? {} : { paramName },
  );

/** System.ArgumentNullException with .NET's standard text. */
export const argumentNull = (paramName: string): DotNetError =>
  new DotNetError('System.ArgumentNullException', 'Value cannot be null.', { paramName });

/** System.ArgumentOutOfRangeException. */
export const argumentOutOfRange = (
  paramName?: string,
  message = 'Specified argument was out of the range of valid values.',
): DotNetError =>
  new DotNetError(
    'System.ArgumentOutOfRangeException',
    message,
    paramName === undefined ? {} : { paramName },
  );

/** System.InvalidOperationException. */
export const invalidOperation = (message: string): DotNetError =>
  new DotNetError('System.InvalidOperationException', message);

/** System.InvalidCastException. */
export const invalidCast = (message: string): DotNetError =>
  new DotNetError('System.InvalidCastException', message);

/** System.DivideByZeroException with .NET's standard text. */
export const divideByZero = (): DotNetError =>
  new DotNetError('System.DivideByZeroException', 'Attempted to divide by zero.');

/** System.NotSupportedException. */
export const notSupported = (message = 'Specified method is not supported.'): DotNetError =>
  new DotNetError('System.NotSupportedException', message);

/** System.Security.Cryptography.CryptographicException. */
export const cryptographicException = (message: string): DotNetError =>
  new DotNetError('System.Security.Cryptography.CryptographicException', message);
