import { DotNetError } from '@isthmus/dotnet';
import type { Runtime, Site } from '../../runtime/runtime.js';
import { typeTable, type MemberRecord, type TypeTable } from '../table.js';

const fullName = (site: Site): string =>
  site.owner.kind === 'named' ? site.owner.definition.fullName : 'System.Exception';

function exception(
  site: Site,
  message: string | null,
  details: { paramName?: string; inner?: DotNetError } = {},
): DotNetError {
  const name = fullName(site);
  return new DotNetError(
    name,
    message ?? defaultMessages[name] ?? `Exception of type '${name}' was thrown.`,
    details,
  );
}

const defaultMessages: Readonly<Record<string, string>> = {
  'System.ArgumentException': 'Value does not fall within the expected range.',
  'System.ArgumentNullException': 'Value cannot be null.',
  'System.ArgumentOutOfRangeException': 'Specified argument was out of the range of valid values.',
  'System.FormatException': 'One of the identified items was in an invalid format.',
  'System.InvalidOperationException':
    'Operation is not valid due to the current state of the object.',
  'System.InvalidCastException': 'Specified cast is not valid.',
  'System.NotSupportedException': 'Specified method is not supported.',
  'System.NotImplementedException': 'The method or operation is not implemented.',
  'System.NullReferenceException': 'Object reference not set to an instance of an object.',
  'System.OverflowException': 'Arithmetic operation resulted in an overflow.',
  'System.DivideByZeroException': 'Attempted to divide by zero.',
  'System.IndexOutOfRangeException': 'Index was outside the bounds of the array.',
  'System.Collections.Generic.KeyNotFoundException':
    'The given key was not present in the dictionary.',
  'System.TimeoutException': 'The operation has timed out.',
  'System.UnauthorizedAccessException': 'Attempted to perform an unauthorized operation.',
};

const constructors: MemberRecord = {
  'new()': (_runtime: Runtime, site: Site) => exception(site, null),
  'new(string message)': (message: string | null, _runtime: Runtime, site: Site) =>
    exception(site, message),
  'new(string message, Exception innerException)': (
    message: string | null,
    inner: DotNetError | null,
    _runtime: Runtime,
    site: Site,
  ) => exception(site, message, inner === null ? {} : { inner }),
};

/** ToString() of an exception: type and message; frames are no part of it here. */
function text(self: DotNetError): string {
  const inner =
    self.inner === null
      ? ''
      : `\n ---> ${text(self.inner)}\n   --- End of inner exception stack trace ---`;
  return `${self.typeName}: ${self.message}${inner}`;
}

function innermost(self: DotNetError): DotNetError {
  return self.inner === null ? self : innermost(self.inner);
}

const members: MemberRecord = {
  'string Message { get; }': (self: DotNetError) => self.message,
  'Exception InnerException { get; }': (self: DotNetError) => self.inner,
  'string StackTrace { get; }': () => null,
  'string Source { get; }': () => null,
  'Exception GetBaseException()': innermost,
};

const paramName: MemberRecord = {
  'string ParamName { get; }': (self: DotNetError) => self.paramName,
};

const withName = (paramName_: string | null): { paramName?: string } =>
  paramName_ === null ? {} : { paramName: paramName_ };

const argumentConstructors: MemberRecord = {
  ...constructors,
  'new(string message, string paramName)': (
    message: string | null,
    name: string | null,
    _runtime: Runtime,
    site: Site,
  ) => exception(site, message, withName(name)),
};

/** ArgumentNullException and ArgumentOutOfRangeException take the parameter's name first. */
const namedConstructors: MemberRecord = {
  'new()': constructors['new()']!,
  'new(string paramName)': (name: string | null, _runtime: Runtime, site: Site) =>
    exception(site, null, withName(name)),
  'new(string paramName, string message)': (
    name: string | null,
    message: string | null,
    _runtime: Runtime,
    site: Site,
  ) => exception(site, message, withName(name)),
  'new(string message, Exception innerException)':
    constructors['new(string message, Exception innerException)']!,
};

const plain: readonly (readonly [string, string])[] = [
  ['System.SystemException', 'Exception'],
  ['System.FormatException', 'SystemException'],
  ['System.InvalidOperationException', 'SystemException'],
  ['System.ObjectDisposedException', 'InvalidOperationException'],
  ['System.InvalidCastException', 'SystemException'],
  ['System.NotSupportedException', 'SystemException'],
  ['System.NotImplementedException', 'SystemException'],
  ['System.NullReferenceException', 'SystemException'],
  ['System.IndexOutOfRangeException', 'SystemException'],
  ['System.ArrayTypeMismatchException', 'SystemException'],
  ['System.RankException', 'SystemException'],
  ['System.TimeoutException', 'SystemException'],
  ['System.UnauthorizedAccessException', 'SystemException'],
  ['System.ApplicationException', 'Exception'],
  ['System.AggregateException', 'Exception'],
  ['System.ArithmeticException', 'SystemException'],
  ['System.OverflowException', 'ArithmeticException'],
  ['System.DivideByZeroException', 'ArithmeticException'],
  ['System.NotFiniteNumberException', 'ArithmeticException'],
  ['System.UriFormatException', 'FormatException'],
  ['System.TimeZoneNotFoundException', 'Exception'],
  ['System.InvalidTimeZoneException', 'Exception'],
  ['System.Collections.Generic.KeyNotFoundException', 'SystemException'],
  ['System.IO.IOException', 'SystemException'],
  ['System.Security.Cryptography.CryptographicException', 'SystemException'],
  ['System.Xml.XmlException', 'SystemException'],
  ['System.Text.DecoderFallbackException', 'ArgumentException'],
  ['System.Text.EncoderFallbackException', 'ArgumentException'],
  ['System.Text.RegularExpressions.RegexParseException', 'ArgumentException'],
  ['System.Text.RegularExpressions.RegexMatchTimeoutException', 'TimeoutException'],
  ['Newtonsoft.Json.JsonException', 'Exception'],
  ['Newtonsoft.Json.JsonReaderException', 'JsonException'],
  ['Newtonsoft.Json.JsonSerializationException', 'JsonException'],
  ['Newtonsoft.Json.JsonWriterException', 'JsonException'],
];

export const exceptionTables: readonly TypeTable[] = [
  typeTable('class System.Exception', { instance: DotNetError, text }, constructors, members),
  typeTable(
    'class System.ArgumentException : SystemException',
    {},
    argumentConstructors,
    paramName,
  ),
  typeTable('class System.ArgumentNullException : ArgumentException', {}, namedConstructors),
  typeTable('class System.ArgumentOutOfRangeException : ArgumentException', {}, namedConstructors),
  ...plain.map(([name, base]) => typeTable(`class ${name} : ${base}`, {}, constructors)),
];
