import { jest } from '@jest/globals';
import fc from 'fast-check';
import * as net from './index.js';

fc.configureGlobal({ seed: jest.getSeed() });

const { invariantCulture } = net;
const decimals = fc
  .tuple(
    fc.bigInt({ min: -(2n ** 96n) + 1n, max: 2n ** 96n - 1n }),
    fc.integer({ min: 0, max: 28 }),
  )
  .map(([mantissa, scale]) => new net.Decimal(mantissa, scale));

/** True when a call returns or throws a .NET exception. */
function isOrderly(run: () => unknown): boolean {
  try {
    run();
    return true;
  } catch (error) {
    return error instanceof net.DotNetError;
  }
}

describe('numbers', () => {
  it('reads back every double it writes', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (value) => {
        const back = net.parseNumber('double', net.numberToText('double', value));
        expect(Object.is(back, value)).toBe(true);
      }),
    );
  });

  it('reads back every decimal it writes, scale included', () => {
    fc.assert(
      fc.property(decimals, (value) => {
        const back = net.parseNumber('decimal', value.toString()) as net.Decimal;
        expect(back.mantissa).toBe(value.mantissa);
        expect(back.mantissa === 0n || back.scale === value.scale).toBe(true);
      }),
    );
  });

  it('restores a decimal after adding and subtracting within its digits', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (a, b) => {
        const left = net.Decimal.fromInteger(a);
        const right = net.Decimal.fromInteger(b);
        expect(left.add(right).subtract(right).equals(left)).toBe(true);
      }),
    );
  });

  it('never fails with anything but a .NET exception on any format', () => {
    fc.assert(
      fc.property(fc.double(), fc.string(), (value, format) => {
        expect(isOrderly(() => net.formatNumber('double', value, format, invariantCulture))).toBe(
          true,
        );
      }),
    );
  });
});

describe('dates', () => {
  const ticks = fc.bigInt({ min: 0n, max: net.MAX_DATE_TICKS });
  const now = net.DateTime.minValue;

  it('reads back every time in the round trip format', () => {
    fc.assert(
      fc.property(ticks, (value) => {
        const text = net.formatDateTime(new net.DateTime(value, 'Utc'), 'o', invariantCulture);
        const styles = net.DateTimeStyles.RoundtripKind;
        const back = net.parseDateTime(text, { culture: invariantCulture, now, styles });
        expect([back.ticks, back.kind]).toEqual([value, 'Utc']);
      }),
    );
  });

  it('reads back every duration', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        const span = new net.TimeSpan(value);
        expect(net.parseTimeSpan(span.toString()).ticks).toBe(value);
      }),
    );
  });

  it('refuses any text with a .NET exception', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const value = net.orUndefined(() =>
          net.parseDateTime(text, { culture: invariantCulture, now }),
        );
        expect(value === undefined || value instanceof net.DateTime).toBe(true);
      }),
    );
  });
});

describe('regular expressions', () => {
  it('ends within its steps for any pattern and text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...Array.from('ab()|*+?[]^$\\.{}1,<>=!:')) }),
        fc.string(),
        (pattern, text) => {
          const run = () => new net.Regex(pattern, 0, net.regexStepLimit(100_000)).isMatch(text);
          expect(isOrderly(run)).toBe(true);
        },
      ),
    );
  });

  it('matches its own escape of any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(new net.Regex(`^${net.escapeRegex(text)}$`).isMatch(text)).toBe(true);
      }),
    );
  });

  it('does not exhaust the call stack on long texts', () => {
    expect(new net.Regex('^(?:a|b)*$').isMatch('ab'.repeat(50_000))).toBe(true);
  });
});

const schemes = fc.constantFrom('http', 'https', 'ftp', 'HTTP');
const labels = fc.string({
  unit: fc.constantFrom('a', 'b', '1', 'B', 'é'),
  minLength: 1,
  maxLength: 8,
});
const hosts = fc.array(labels, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.'));

describe('URIs and encodings', () => {
  it('restores escaped data', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(net.unescapeDataString(net.escapeDataString(text))).toBe(text);
      }),
    );
  });

  it('reads back the absolute form of any URI', () => {
    fc.assert(
      fc.property(schemes, hosts, fc.string(), (scheme, host, tail) => {
        const uri = net.Uri.parse(`${scheme}://x${host}y/${tail}`, 'Absolute');
        expect(net.Uri.parse(uri.absoluteUri).key).toBe(uri.key);
      }),
    );
  });

  it('restores bytes from Base64', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(net.fromBase64(net.toBase64(bytes))).toEqual(bytes);
      }),
    );
  });
});
