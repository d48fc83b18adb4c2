import { describe, expect, it } from '@jest/globals';
import { decodeContent } from './decode-content.js';
import { encodeContent } from './encode-content.js';
import { foldHeaders } from './header-names.js';

const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');
const decoded = (text: string | Buffer, type?: string): unknown => {
  const content = decodeContent(typeof text === 'string' ? bytes(text) : text, type);
  return content.ok ? content.value : content;
};

describe('decodeContent', () => {
  it.each([
    ['{"a":1}', 'application/json', { a: 1 }],
    ['[1]', 'application/problem+json; charset=utf-8', [1]],
    ['null', 'application/json', null],
    ['x', 'text/html', 'x'],
    ['<a/>', 'application/xml', { '$content-type': 'application/xml', $content: 'PGEvPg==' }],
    ['x', undefined, { '$content-type': 'application/octet-stream', $content: 'eA==' }],
    ['', 'application/json', undefined],
  ])('reads %s of %s', (text, type, value) => {
    expect(decoded(text, type)).toEqual(value);
  });

  it('reads text by its charset', () => {
    expect(decoded(Buffer.from('grün', 'latin1'), 'text/plain; charset=iso-8859-1')).toBe('grün');
    expect(decoded('grün', 'text/plain; charset=nonsense')).toBe('grün');
  });

  it('survives JSON that is nested without measure', () => {
    const text = `${'[1.0,'.repeat(200_000)}1${']'.repeat(200_000)}`;
    const content = decodeContent(bytes(text), 'application/json');
    expect(typeof content.ok).toBe('boolean');
  });

  it('says why JSON is none', () => {
    expect(decoded('{', 'application/json')).toMatchObject({ ok: false });
  });

  it('keeps the fields of a form in order, with blanks and without values', () => {
    expect(decoded('a=1&b=x+y%21&a=2&c&', 'application/x-www-form-urlencoded')).toMatchObject({
      $formdata: [
        { key: 'a', value: '1' },
        { key: 'b', value: 'x y!' },
        { key: 'a', value: '2' },
        { key: 'c', value: '' },
        { key: '', value: '' },
      ],
    });
  });

  it('keeps the parts of multipart content', () => {
    const text =
      '--B\r\nContent-Disposition: form-data; name="t"\r\ncontent-type: text/plain\r\n\r\nhello\r\n--B\r\nContent-Disposition: form-data; name="f"\r\n\r\nraw\r\n--B--\r\n';
    expect(decoded(text, 'multipart/form-data; boundary="B"')).toMatchObject({
      '$content-type': 'multipart/form-data; boundary="B"',
      $multipart: [
        { headers: { 'Content-Type': 'text/plain', 'Content-Length': '5' }, body: 'hello' },
        {
          headers: { 'Content-Length': '3' },
          body: { '$content-type': 'application/octet-stream', $content: 'cmF3' },
        },
      ],
    });
  });

  it.each(['--B', '--B\r\n', 'no boundary', '--B\r\n\r\n\r\n--B--'])(
    'survives multipart content that is broken: %j',
    (text) => {
      expect(decoded(text, 'multipart/mixed; boundary=B')).toHaveProperty('$multipart');
    },
  );
});

describe('encodeContent', () => {
  const encoded = (...args: Parameters<typeof encodeContent>): unknown => {
    const content = encodeContent(...args);
    return [Buffer.from(content.bytes).toString('utf8'), content.contentType];
  };

  it.each([
    ['text', undefined, ['text', 'text/plain; charset=utf-8']],
    ['{"a":1}', 'application/json', ['{"a":1}', 'application/json']],
    [{ a: 1 }, undefined, ['{"a":1}', 'application/json; charset=utf-8']],
    [42, undefined, ['42', 'application/json; charset=utf-8']],
    [true, undefined, ['true', 'application/json; charset=utf-8']],
    [null, 'text/plain', ['', undefined]],
    [{ '$content-type': 'image/png', $content: 'UE5H' }, undefined, ['PNG', 'image/png']],
    [
      { file: { '$content-type': 'image/png', $content: 'UE5H' } },
      undefined,
      [
        '{"file":{"$content-type":"image/png","$content":"UE5H"}}',
        'application/json; charset=utf-8',
      ],
    ],
    [
      {
        '$content-type': 'application/x-www-form-urlencoded',
        $formdata: [{ key: 'a', value: 'x y&' }],
      },
      undefined,
      ['a=x+y%26', 'application/x-www-form-urlencoded'],
    ],
  ])('writes %j', (value, type, expected) => {
    expect(encoded(value, type)).toEqual(expected);
  });

  it('writes parts that are read back', () => {
    const value = {
      '$content-type': 'multipart/form-data',
      $multipart: [
        {
          headers: { 'Content-Disposition': 'form-data; name="a"', 'Content-Type': 'text/plain' },
          body: 'x',
        },
        { body: { '$content-type': 'image/png', $content: 'UE5H' } },
      ],
    };
    const content = encodeContent(value);
    expect(decodeContent(content.bytes, content.contentType)).toMatchObject({
      ok: true,
      value: {
        $multipart: [
          { body: 'x' },
          { headers: { 'Content-Type': 'image/png' }, body: { $content: 'UE5H' } },
        ],
      },
    });
    expect(encodeContent(value)).toEqual(content);
  });
});

describe('foldHeaders', () => {
  it('spells known names, keeps others and joins repeated ones', () => {
    expect(foldHeaders(['www-authenticate', 'Basic', 'X-a', '1', 'x-A', '2'])).toEqual({
      'WWW-Authenticate': 'Basic',
      'X-a': '1,2',
    });
  });
});
