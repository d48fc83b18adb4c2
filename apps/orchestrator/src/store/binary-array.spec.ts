import { describe, expect, it } from '@jest/globals';
import { integerArray, textArray, timeArray } from './binary-array.js';

/** Reads what PostgreSQL's array_recv reads. */
function read(buffer: Buffer): { oid: number; hasNull: number; elements: (Buffer | null)[] } {
  const [dimensions, hasNull, oid] = [0, 4, 8].map((at) => buffer.readInt32BE(at));
  const elements: (Buffer | null)[] = [];
  let at = 12;
  if (dimensions === 1) {
    const count = buffer.readInt32BE(12);
    if (buffer.readInt32BE(16) !== 1) throw new Error('arrays begin at 1');
    at = 20;
    for (let index = 0; index < count; index += 1) {
      const length = buffer.readInt32BE(at);
      at += 4;
      elements.push(length < 0 ? null : buffer.subarray(at, at + length));
      at += Math.max(length, 0);
    }
  }
  expect(at).toBe(buffer.length);
  return { oid: oid!, hasNull: hasNull!, elements };
}

describe('binary arrays', () => {
  it('hold texts of any characters, empty ones and nulls', () => {
    const texts = ['', 'plain', '{"a":"\\"}', 'ümlaut 😀', null, '\ud800'];
    const { oid, hasNull, elements } = read(textArray(texts));
    expect([oid, hasNull]).toEqual([25, 1]);
    expect(elements.map((element) => element?.toString() ?? null)).toEqual([
      ...texts.slice(0, 5),
      '\ufffd',
    ]);
  });

  it('hold integers', () => {
    const { oid, hasNull, elements } = read(integerArray([1, 2_000_000_000]));
    expect([oid, hasNull]).toEqual([23, 0]);
    expect(elements.map((element) => element?.readInt32BE())).toEqual([1, 2_000_000_000]);
  });

  it('hold times as microseconds since 2000', () => {
    const times = [Date.UTC(2000, 0, 1), Date.UTC(1999, 11, 31, 23, 59, 59, 999), null];
    const { oid, elements } = read(timeArray(times));
    expect(oid).toBe(1184);
    expect(elements.map((element) => element?.readBigInt64BE() ?? null)).toEqual([
      0n,
      -1000n,
      null,
    ]);
  });

  it('may be empty', () => {
    expect(read(textArray([])).elements).toEqual([]);
    expect(textArray([])).toHaveLength(12);
  });
});
