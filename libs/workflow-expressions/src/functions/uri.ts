import { DotNetError, escapeDataString, unescapeDataString, Uri } from '@isthmus/dotnet';
import { envelopeOf } from '../envelope.js';
import { textOf } from '../text.js';
import type { WorkflowValue } from '../value.js';
import { countText } from '../work.js';
import { onlyString } from './arguments.js';
import { eager, failure, many, type EagerFunction, type WorkflowFunction } from './function.js';

/** A part of an absolute URI. */
function uriPart(name: string, read: (uri: Uri) => string | number): EagerFunction {
  return eager(name, [1, 1], (args) => {
    const text = onlyString(name, args);
    try {
      return read(Uri.parse(text));
    } catch (error) {
      if (!(error instanceof DotNetError)) throw error;
      throw failure(
        name,
        `was invoked with a parameter that is not valid. The value '${text}' must be a valid absolute URI.`,
      );
    }
  });
}

/** Several arguments are joined as texts first: real definitions call it so. */
function encoding(name: string): EagerFunction {
  return eager(name, [1, many], (args) => {
    const text = args.map(textOf).join('');
    countText(text.length);
    return escapeDataString(text);
  });
}

/** `+` is a blank; malformed escapes stay as they are. */
function decoded(name: string, args: readonly WorkflowValue[]): string {
  const text = onlyString(name, args);
  countText(text.length);
  return unescapeDataString(text.replaceAll('+', ' '));
}

/** URI parsing, and the escaping of URI components by .NET's rules. */
export const uriFunctions: readonly WorkflowFunction[] = [
  encoding('encodeUriComponent'),
  encoding('uriComponent'),
  eager('decodeUriComponent', [1, 1], (args) => decoded('decodeUriComponent', args)),
  eager('uriComponentToString', [1, 1], (args) => decoded('uriComponentToString', args)),
  eager('uriComponentToBinary', [1, 1], (args) =>
    envelopeOf(
      'application/octet-stream',
      Buffer.from(decoded('uriComponentToBinary', args), 'utf8'),
    ),
  ),
  uriPart('uriHost', (uri) => uri.host),
  uriPart('uriPath', (uri) => uri.absolutePath),
  uriPart('uriPathAndQuery', (uri) => uri.pathAndQuery),
  uriPart('uriPort', (uri) => uri.port),
  uriPart('uriQuery', (uri) => uri.query),
  uriPart('uriScheme', (uri) => uri.scheme),
];
