import { argumentNull } from '@isthmus/dotnet';
import type { Runtime } from '../../runtime/runtime.js';
import type { MemberRecord } from '../table.js';

const lineEnding = /\r\n|[\r\n\f\u0085\u2028\u2029]/g;

/** Forms of the same text: Unicode normalization (form C), line ends, the intern pool. */
export const stringForms: MemberRecord = {
  'string Normalize()': (self: string, runtime: Runtime) => {
    const text = self.normalize('NFC');
    runtime.size(text.length);
    return text;
  },
  'bool IsNormalized()': (self: string) => self.normalize('NFC') === self,
  'string ReplaceLineEndings()': (self: string) => self.replaceAll(lineEnding, '\n'),
  'string ReplaceLineEndings(string replacementText)': (
    self: string,
    replacement: string | null,
    runtime: Runtime,
  ) => {
    if (replacement === null) throw argumentNull('replacementText');
    const count = self.match(lineEnding)?.length ?? 0;
    runtime.size(self.length + count * replacement.length);
    return self.replaceAll(lineEnding, () => replacement);
  },
  // Strings that are equal are the same string here.
  'static string Intern(string str)': (text: string | null) => {
    if (text === null) throw argumentNull('str');
    return text;
  },
};
