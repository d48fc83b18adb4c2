import { PolicyDocument } from './policy-document.js';

const messages = (text: string): string[] =>
  new PolicyDocument(text).problems.map(
    ({ line, column, message }) => `${line}:${column} ${message}`,
  );

describe('characters that XML does not have', () => {
  it('are refused where they stand', () => {
    expect(messages('<a>\n\u0001</a>')).toEqual([
      "2:1 '\\u0001', hexadecimal value 0x1, is an invalid character.",
    ]);
    expect(messages('<a b="\uD800" />')).toHaveLength(1);
    expect(messages('<a b="\u{1F600}\t\r\n" />')).toEqual([]);
  });

  it('may be written in C# strings of an expression', () => {
    expect(messages('<a b="@("&#x0;")">@{ return "&#1;"; }</a>')).toEqual([]);
  });
});

describe('a document type', () => {
  it.each([
    '<!DOCTYPE a>',
    '<!DOCTYPE a SYSTEM "x>y">',
    '<!DOCTYPE a [ <!ENTITY b "]>"> <!ELEMENT a ANY> ]>',
  ])('%s is one mistake', (declaration) => {
    expect(messages(`${declaration}<a>&b;</a>`)).toEqual([
      '1:1 For security reasons DTD is prohibited in this XML document.',
    ]);
  });

  it('that does not end is one mistake and a missing root', () => {
    expect(messages('<!DOCTYPE a [')).toHaveLength(1);
  });
});
