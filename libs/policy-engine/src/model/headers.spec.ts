import { Headers, isSameName } from './headers.js';

const fields = (): Headers =>
  Headers.fromRaw(['Accept', 'a', 'X-One', '1', 'x-one', '2', 'Host', 'h', 'X-ONE', '3']);

describe('Headers', () => {
  it('keep fields as they came while nobody changes them', () => {
    const raw = ['X-A', '1', 'B', '2', 'x-a', '3'];
    const headers = Headers.fromRaw(raw);
    expect(headers.raw).toBe(raw);
    expect(headers.clean).toBe(true);
    expect(headers.size).toBe(2);
  });

  it.each(['x-one', 'X-One', 'X-ONE'])('find %s in any case', (name) => {
    expect(fields().get(name)).toEqual(['1', '2', '3']);
    expect(fields().text(name)).toBe('1,2,3');
    expect(fields().has(name)).toBe(true);
  });

  it('replace all values where the first one stood, in the new spelling', () => {
    const headers = fields();
    headers.set('X-oNe', '9');
    expect(headers.raw).toEqual(['Accept', 'a', 'X-oNe', '9', 'Host', 'h']);
    headers.set('x-one', ['7', '8']);
    expect(headers.raw).toEqual(['Accept', 'a', 'x-one', '7', 'x-one', '8', 'Host', 'h']);
  });

  it('delete every field of a name', () => {
    const headers = fields();
    expect(headers.delete('x-ONE')).toBe(true);
    expect(headers.delete('x-ONE')).toBe(false);
    expect(headers.raw).toEqual(['Accept', 'a', 'Host', 'h']);
    headers.set('Accept', []);
    expect(headers.raw).toEqual(['Host', 'h']);
  });

  it('show each name once, with all its values, also when there are many', () => {
    expect([...fields()]).toEqual([
      ['Accept', ['a']],
      ['X-One', ['1', '2', '3']],
      ['Host', ['h']],
    ]);
    const many = Headers.fromRaw(
      Array.from({ length: 200 }, (_, index) => [`N${index % 50}`, String(index)]).flat(),
    );
    expect([...many.names()]).toHaveLength(50);
    expect([...many][49]).toEqual(['N49', ['49', '99', '149', '199']]);
  });

  it('are independent of their clones', () => {
    const headers = fields();
    const copy = headers.clone();
    copy.set('Host', 'other');
    copy.append('New', '1');
    expect(headers.text('host')).toBe('h');
    expect(headers.has('new')).toBe(false);
  });

  it.each([
    ['a line break', 'X', 'a\r\nb'],
    ['a control character', 'X', 'a\u0001'],
    ['a character beyond Latin-1', 'X', '€'],
    ['a name that is no token', 'X Y', 'a'],
  ])('know that %s may not go on a wire as it is', (_what, name, value) => {
    for (const change of ['set', 'append'] as const) {
      const headers = new Headers();
      headers[change](name, value);
      expect(headers.clean).toBe(false);
      expect(headers.clone().clean).toBe(false);
    }
    const headers = fields();
    headers.set('Accept', ['fine', value]);
    headers.set('Tab', 'a\tb\u00ff');
    expect(headers.clean).toBe(name !== 'X' ? true : false);
  });
});

describe('isSameName', () => {
  it.each([
    ['a', 'A', true],
    ['Content-Type', 'content-TYPE', true],
    ['a@', 'a`', false],
    ['a[', 'a{', false],
    ['x-a', 'x_a', false],
    ['ab', 'abc', false],
    ['\u212a', 'k', false],
  ])('of %j and %j is %j', (one, other, same) => expect(isSameName(one, other)).toBe(same));
});
