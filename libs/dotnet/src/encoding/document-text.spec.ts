import { documentText } from './document-text.js';

const declared = (encoding: string): string =>
  `<?xml version="1.0" encoding="${encoding}"?><a>é</a>`;

describe('documentText', () => {
  it.each([
    ['UTF-8', Buffer.from('{"a":"é"}', 'utf8'), '{"a":"é"}'],
    ['UTF-8 with its mark', Buffer.from('\ufeff{"a":"é"}', 'utf8'), '{"a":"é"}'],
    ['UTF-16, little end first', Buffer.from('\ufeff{"a":"é"}', 'utf16le'), '{"a":"é"}'],
    ['UTF-16, big end first', Buffer.from('\ufeff{"a":"é"}', 'utf16le').swap16(), '{"a":"é"}'],
    [
      'what an XML declaration names',
      Buffer.from(declared('ISO-8859-1'), 'latin1'),
      declared('ISO-8859-1'),
    ],
    ['windows-1252', Buffer.from(declared('windows-1252'), 'latin1'), declared('windows-1252')],
    [
      'UTF-8 whose declaration says UTF-16',
      Buffer.from(declared('utf-16'), 'utf8'),
      declared('utf-16'),
    ],
    [
      'UTF-8 whose declaration names what nobody knows',
      Buffer.from(declared('x-none'), 'utf8'),
      declared('x-none'),
    ],
    [
      'the mark before the declaration',
      Buffer.from(`\ufeff${declared('iso-8859-1')}`, 'utf8'),
      declared('iso-8859-1'),
    ],
  ])('reads %s', (_, bytes, text) => expect(documentText(bytes)).toBe(text));

  it('reads nothing as nothing', () => expect(documentText(new Uint8Array())).toBe(''));
});
