import {
  argumentNull,
  argumentOutOfRange,
  htmlDecode,
  htmlEncode,
  urlDecode,
  urlDecodeBytes,
  urlEncode,
  urlEncodeBytes,
} from '@isthmus/dotnet';
import type { Runtime } from '../../runtime/runtime.js';
import { typeTable } from '../table.js';

/** Null stays null; `growth` is how many characters one character can become. */
const mapped =
  (map: (text: string) => string, growth = 1) =>
  (text: string | null, runtime: Runtime): string | null => {
    if (text === null) return null;
    runtime.size(text.length * growth);
    runtime.step(1 + (text.length >> 3));
    return map(text);
  };

function part(bytes: Uint8Array | null, offset: number, count: number): Uint8Array | null {
  if (bytes === null) {
    if (count !== 0) throw argumentNull('bytes');
    return null;
  }
  if (offset < 0 || offset > bytes.length) throw argumentOutOfRange('offset');
  if (count < 0 || offset + count > bytes.length) throw argumentOutOfRange('count');
  return bytes.subarray(offset, offset + count);
}

export const webUtilityTable = typeTable(
  'static class System.Net.WebUtility',
  {},
  {
    'static string HtmlEncode(string value)': mapped(htmlEncode, 6),
    'static string HtmlDecode(string value)': mapped(htmlDecode),
    'static string UrlEncode(string value)': mapped(urlEncode, 3),
    'static string UrlDecode(string encodedValue)': mapped(urlDecode),
    'static byte[] UrlEncodeToBytes(byte[] value, int offset, int count)': (
      bytes: Uint8Array | null,
      offset: number,
      count: number,
    ) => {
      const source = part(bytes, offset, count);
      return source && urlEncodeBytes(source);
    },
    'static byte[] UrlDecodeToBytes(byte[] encodedValue, int offset, int count)': (
      bytes: Uint8Array | null,
      offset: number,
      count: number,
    ) => {
      const source = part(bytes, offset, count);
      return source && urlDecodeBytes(source);
    },
  },
);
