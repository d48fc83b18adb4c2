import { differences, lineDifference } from './difference.js';

const nothing = { created: [], updated: [], deleted: [], unchanged: 0 };

describe('differences', () => {
  it('tells what comes, changes and goes, by id', () => {
    const applied = { created: ['/b'], updated: ['/c'], deleted: ['/a'], unchanged: 2 };
    expect(differences(applied, [], []).map(({ change, id }) => `${change} ${id}`)).toEqual([
      'deleted /a',
      'created /b',
      'updated /c',
    ]);
  });
  it('compares what the folder states, and no defaults of the catalog', () => {
    const [change] = differences(
      { ...nothing, updated: ['/apis/A'] },
      [{ id: '/apis/A', properties: { path: 'a', type: 'http', displayName: 'Old' } }],
      [{ id: '/apis/a', properties: { path: 'a', displayName: 'New', protocols: ['https'] } }],
    );
    expect(change?.lines).toEqual([
      '- displayName: "Old"',
      '+ displayName: "New"',
      '+ protocols: ["https"]',
    ]);
  });
  it('shows no secrets', () => {
    const lines = (properties: object, before: object): readonly string[] | undefined =>
      differences(
        { ...nothing, updated: ['/x'] },
        [{ id: '/x', properties: { ...before } }],
        [{ id: '/x', properties: { ...properties } }],
      )[0]?.lines;
    expect(lines({ secret: true, value: 'new' }, { secret: true })).toEqual([
      '~ value: (not shown)',
    ]);
    expect(lines({ primaryKey: 'k' }, {})).toEqual(['~ primaryKey: (not shown)']);
    expect(lines({ data: 'a', password: 'b' }, {})).toEqual([
      '~ data: (not shown)',
      '~ password: (not shown)',
    ]);
  });
});

describe('lineDifference', () => {
  const lines = (text: string): string[] => text.split('');
  it('shows what differs with two lines around it', () => {
    expect(lineDifference(lines('abcdefgh'), lines('abcdXfgh'))).toEqual([
      '  c',
      '  d',
      '- e',
      '+ X',
      '  f',
      '  g',
    ]);
  });
  it('leaves out what lies between', () => {
    expect(lineDifference(lines('Abcdefghij'), lines('Xbcdefghi'))).toEqual([
      '- A',
      '+ X',
      '  b',
      '  c',
      '  …',
      '  h',
      '  i',
      '- j',
    ]);
  });
  it('finds what stays in the middle', () => {
    expect(lineDifference(lines('abc'), lines('xbz'))).toEqual(['- a', '+ x', '  b', '- c', '+ z']);
    expect(lineDifference([], lines('a'))).toEqual(['+ a']);
    expect(lineDifference(lines('a'), lines('a'))).toEqual([]);
  });
});
