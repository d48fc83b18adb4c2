import { canonicalAddress, clientAddress, trustedProxies } from './client-address.js';

describe('clientAddress', () => {
  const proxies = trustedProxies(['10.0.0.0/8', '2001:db8::/32', '192.0.2.9']);
  it.each([
    ['the peer, when it is no trusted proxy', '198.51.100.7', '203.0.113.1', '198.51.100.7'],
    ['what a trusted proxy says', '10.0.0.1', '203.0.113.1', '203.0.113.1'],
    [
      'the right-most entry that is no proxy',
      '10.0.0.1',
      '1.1.1.1, 203.0.113.1, 10.2.0.1',
      '203.0.113.1',
    ],
    ['the first entry when all are proxies', '10.0.0.1', '10.9.9.9, 10.2.0.1', '10.9.9.9'],
    ['the last proxy when an entry is nonsense', '10.0.0.1', 'unknown, 10.2.0.1', '10.2.0.1'],
    ['an IPv4-mapped peer as IPv4', '::ffff:198.51.100.7', undefined, '198.51.100.7'],
    ['a mapped address of a trusted proxy', '::ffff:10.0.0.1', '203.0.113.5', '203.0.113.5'],
    ['an IPv6 address in its short form', '10.0.0.1', '[2001:0DB9:0:0::1]:443', '2001:db9::1'],
    ['an entry without its port', '10.0.0.1', '203.0.113.1:52133', '203.0.113.1'],
    ['the peer when there is no header', '10.0.0.1', undefined, '10.0.0.1'],
  ])('is %s', (_name, peer, header, expected) =>
    expect(clientAddress(peer, header, proxies)).toBe(expected),
  );

  it.each([
    ['::ffff:10.0.0.0/104', '10.1.2.3', true],
    ['::ffff:10.0.0.0/104', '::ffff:10.1.2.3', true],
    ['::ffff:10.0.0.0/104', '11.1.2.3', false],
    ['::FFFF:0a00:0000/104', '10.1.2.3', true],
    ['::ffff:192.0.2.7', '192.0.2.7', true],
    ['::ffff:192.0.2.7/128', '192.0.2.8', false],
    ['::ffff:0:0/96', '203.0.113.9', true],
    ['10.0.0.0/8', '::ffff:10.1.2.3', true],
    ['10.0.0.0/8', '::ffff:0a01:0203', true],
    ['0.0.0.0/0', '::ffff:198.51.100.1', true],
    // A range of IPv6 says nothing about IPv4.
    ['::/0', '::ffff:198.51.100.1', false],
    ['::/0', '2001:db8::1', true],
    ['fe80::/10', 'fe80::1%eth0', true],
    ['fe80::1%eth0', 'fe80::1%eth1', true],
    ['10.0.0.0/0', '11.0.0.1', true],
    ['10.1.2.3/8', '10.9.9.9', true],
  ])('takes %s to hold %s: %s', (range, address, held) =>
    expect(trustedProxies([range]).trusts(address)).toBe(held),
  );

  it.each([
    '::ffff:10.0.0.0/95',
    '::ffff:10.0.0.0/8',
    '10/8',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/08x',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '010.0.0.0/8',
    '0x0a.0.0.0/8',
    '167772160/8',
    '2001:db8::/129',
    '[2001:db8::1]',
    '2001:db8::g',
    '',
    ' ',
  ])("refuses the setting '%s'", (text) =>
    expect(() => trustedProxies([text])).toThrow(
      `'${text}' is neither an address nor a range of addresses`,
    ),
  );

  it.each([
    '203.0.113.1]',
    '[203.0.113.1]',
    '203.0.113.1:',
    '203.0.113.1:123456',
    '203.0.113.1%eth0',
    '203.0.113.1 198.51.100.1',
    '[2001:db9::1',
    '2001:db9::1]:80',
    '[[2001:db9::1]]',
    '"203.0.113.1"',
    'for=203.0.113.1',
    '_hidden',
    '',
    '0.0.0.0.0',
    '256.1.1.1',
    '203.0.113.01',
    '%eth0',
    '-',
  ])("takes '%s' in the header for no address, and nothing left of it", (entry) =>
    expect(clientAddress('10.0.0.1', `192.0.2.200, ${entry}, 10.7.7.7`, proxies)).toBe('10.7.7.7'),
  );

  it.each([
    ['[fe80::1%25eth0]:443', 'fe80::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['\t203.0.113.1 ', '203.0.113.1'],
    ['::ffff:cb00:7101', '203.0.113.1'],
    ['[::ffff:203.0.113.1]:443', '203.0.113.1'],
    ['1.1.1.1,,10.2.2.2', '10.2.2.2'],
  ])("reads '%s' as %s", (header, expected) =>
    expect(clientAddress('10.0.0.1', header, proxies)).toBe(expected),
  );

  it('reads a long chain at the price of its entries', () => {
    const costOf = (entries: number): number => {
      const header = `1.2.3.4${',10.2.2.2'.repeat(entries)}`;
      const before = process.cpuUsage();
      for (let index = 0; index < 20; index++)
        expect(clientAddress('10.0.0.1', header, proxies)).toBe('1.2.3.4');
      return process.cpuUsage(before).user;
    };
    expect(costOf(10_000)).toBeLessThan(50 * costOf(1000));
  });

  it('does not read octal or short IPv4 forms', () => {
    expect(clientAddress('10.0.0.1', '0x7f.1', proxies)).toBe('10.0.0.1');
    expect(clientAddress('10.0.0.1', '127.1', proxies)).toBe('10.0.0.1');
  });
  it('drops zones', () => expect(canonicalAddress('fe80::1%eth0')).toBe('fe80::1'));
  it('names a setting that is no address', () =>
    expect(() => trustedProxies(['10.0.0.0/8', 'proxy.local'])).toThrow(
      "'proxy.local' is neither",
    ));
});
