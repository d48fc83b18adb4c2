import { argumentNull, DotNetError } from '@isthmus/dotnet';
import { rawText } from '../../runtime/text.js';
import { netType } from '../../binding/catalogue.js';
import type { Runtime } from '../../runtime/runtime.js';
import { typeTable, type TypeTable } from '../table.js';
import { format } from './string-static.js';
import { NetStringBuilder, append } from './string-builder.js';

/** System.IO.StringReader. */
export class NetStringReader {
  position = 0;
  isClosed = false;
  constructor(readonly text: string) {}
}

/** System.IO.StringWriter. */
class NetStringWriter extends NetStringBuilder {}

const lineEnd = /\r\n|\r|\n/g;

function open(self: NetStringReader): NetStringReader {
  if (self.isClosed)
    throw new DotNetError(
      'System.ObjectDisposedException',
      'Cannot read from a closed TextReader.',
    );
  return self;
}

function readLine(self: NetStringReader): string | null {
  if (open(self).position >= self.text.length) return null;
  lineEnd.lastIndex = self.position;
  const end = lineEnd.exec(self.text);
  const line = self.text.slice(self.position, end?.index ?? self.text.length);
  self.position = end === null ? self.text.length : end.index + end[0].length;
  return line;
}

export const textIoTables: readonly TypeTable[] = [
  typeTable(
    'abstract class System.IO.TextReader : IDisposable',
    {},
    { 'void Dispose()': () => undefined, 'void Close()': () => undefined },
  ),
  typeTable(
    'abstract class System.IO.TextWriter : IDisposable',
    {},
    {
      'void Dispose()': () => undefined,
      'void Close()': () => undefined,
      'void Flush()': () => undefined,
    },
  ),
  typeTable(
    'class System.IO.StringReader : TextReader',
    { instance: NetStringReader },
    {
      'new(string s)': (text: string | null) => {
        if (text === null) throw argumentNull('s');
        return new NetStringReader(text);
      },
      'void Dispose()': (self: NetStringReader) => {
        self.isClosed = true;
      },
      'void Close()': (self: NetStringReader) => {
        self.isClosed = true;
      },
      'int Read()': (self: NetStringReader) =>
        open(self).position < self.text.length ? self.text.charCodeAt(self.position++) : -1,
      'int Peek()': (self: NetStringReader) =>
        self.position < self.text.length ? self.text.charCodeAt(self.position) : -1,
      'string ReadLine()': readLine,
      'string ReadToEnd()': (self: NetStringReader) => {
        const rest = self.text.slice(self.position);
        self.position = self.text.length;
        return rest;
      },
    },
  ),
  typeTable(
    'class System.IO.StringWriter : TextWriter',
    { instance: NetStringWriter, text: (self: { text: string }) => self.text },
    {
      'new()': () => new NetStringWriter(''),
      ...Object.fromEntries(
        ['Write', 'WriteLine'].flatMap((name) =>
          ['string', 'object', 'char', 'int', 'long', 'double', 'decimal', 'bool'].map((t) => [
            `void ${name}(${t} value)`,
            (self: NetStringBuilder, value: unknown, runtime: Runtime) =>
              void append(
                self,
                rawText(value, netType(t)) + (name === 'WriteLine' ? '\n' : ''),
                runtime,
              ),
          ]),
        ),
      ),
      'void WriteLine()': (self: NetStringBuilder, runtime: Runtime) =>
        void append(self, '\n', runtime),
      'void Write(string format, params object[] arg)': (
        self: NetStringBuilder,
        f: string | null,
        args: readonly unknown[],
        runtime: Runtime,
      ) => void append(self, format(f, args, runtime), runtime),
      'void WriteLine(string format, params object[] arg)': (
        self: NetStringBuilder,
        f: string | null,
        args: readonly unknown[],
        runtime: Runtime,
      ) => void append(self, `${format(f, args, runtime)}\n`, runtime),
    },
  ),
];
