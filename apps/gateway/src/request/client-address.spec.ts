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
