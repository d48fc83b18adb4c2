import { NameTable, nameSet } from './name-table.js';

describe('NameTable', () => {
  const table = new NameTable([
    ['host', 1],
    ['via', 2],
    ['from', 3],
  ]);
  it.each([
    ['Host', 1],
    ['VIA', 2],
    ['from', 3],
    ['hosts', undefined],
    ['h_st', undefined],
    ['', undefined],
    ['a-name-that-is-longer-than-all', undefined],
  ])('%j means %j', (name, meaning) => expect(table.find(name)).toBe(meaning));
  it('may be a set', () => expect(nameSet(['te']).find('TE')).toBe(true));
});
