import { describe, expect, it } from '@jest/globals';
import { jsonOfXml } from './json-xml/json-of-xml.js';
import { parseObject, parseToken } from './json/parse.js';
import { parseElement } from './xml/parse-tree.js';
import { setWorkMeter, withinWork, WorkError } from './work-meter.js';

/** Steps that something takes. */
function stepsOf(run: () => unknown): number {
  let steps = 0;
  const former = setWorkMeter({ step: (count = 1) => void (steps += count) });
  try {
    run();
  } finally {
    setWorkMeter(former);
  }
  return steps;
}

/** Processor time of something. Microseconds. */
function costOf(run: () => unknown): number {
  const before = process.cpuUsage();
  run();
  // The two together are exact; how they are shared is what clock ticks happened to meet.
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

const list = (length: number, item: (i: number) => string): string =>
  Array.from({ length }, (_, i) => item(i)).join(',');

describe('content that strangers send', () => {
  const record = `{"id":12345,"name":"a customer","tags":["a","b"],"note":"${'lorem ipsum '.repeat(8)}"}`;

  it('may be four megabytes of ordinary JSON', () => {
    const text = `[${list(Math.floor((4 << 20) / (record.length + 1)), () => record)}]`;
    expect(stepsOf(() => parseToken(text))).toBeLessThan(2_500_000);
    expect(withinWork(() => parseToken(text)).hasValues).toBe(true);
  });

  it('may be four megabytes of ordinary XML', () => {
    const item = `<item id="12"><name>a customer</name><note>${'lorem ipsum '.repeat(6)}</note></item>`;
    const text = `<r>${item.repeat(Math.floor((4 << 20) / item.length))}</r>`;
    expect(withinWork(() => parseElement(text)).hasElements).toBe(true);
  });

  // A hundredth of what one message may take.
  it.each([
    ['members', () => parseToken(`{${list(4_000, (i) => `"k${i}":1`)}}`)],
    ['dates', () => parseToken(`[${list(3_000, () => '"2020-01-02T03:04:05Z"')}]`)],
    [
      'numbers in a form that only the general reader takes',
      () => parseToken(`['x',${list(6_000, () => '1')}]`),
    ],
    ['elements', () => parseElement(`<r>${'<a/>'.repeat(6_000)}</r>`)],
    ['attributes', () => parseElement(`<r>${'<a b="1" c="2"/>'.repeat(1_500)}</r>`)],
    ['references', () => parseElement(`<r>${'x&amp;'.repeat(11_000)}</r>`)],
  ])('is refused when it is a heap of %s', (_what, read) => {
    expect(() => withinWork<unknown>(read, 50_000)).toThrow(WorkError);
  });

  it('costs no more for the second of equal names than for the first', () => {
    const twice = (size: number): string =>
      `{${list(size, (i) => `"k${i}":1`)},${list(size, (i) => `"k${size - 1 - i}":2`)}}`;
    // To look for each place would cost 2,500 times as much.
    expect(costOf(() => expect(parseObject(twice(100_000)).count).toBe(100_000))).toBeLessThan(
      500 * costOf(() => parseObject(twice(2000))),
    );
  });

  it('costs no more for each sibling of one name', () => {
    const siblings = (count: number): string => jsonOfXml(`<r>${'<a/>'.repeat(count)}</r>`);
    expect(costOf(() => expect(siblings(100_000)).toContain('"a":[null,null'))).toBeLessThan(
      500 * costOf(() => siblings(2000)),
    );
  });

  it('keeps no copy of all declarations for each nested element', () => {
    const nested = Array.from(
      { length: 300 },
      (_, i) => `<a ${Array.from({ length: 100 }, (_one, j) => `xmlns:p${i}_${j}="u"`).join(' ')}>`,
    );
    const text = `${nested.join('')}<p0_0:b/>${'</a>'.repeat(300)}`;
    const before = process.memoryUsage().heapUsed;
    const root = parseElement(text);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(150_000_000);
    expect([...root.descendants()].at(-1)?.name.namespaceName).toBe('u');
  });

  it('puts declarations back where an element ends', () => {
    const root = parseElement(
      '<r xmlns="one"><a xmlns="two"><b/></a><c/><d xmlns="three"/><e/></r>',
    );
    expect([...root.descendants()].map(({ name }) => name.toString())).toEqual([
      '{two}a',
      '{two}b',
      '{one}c',
      '{three}d',
      '{one}e',
    ]);
  });
});
