import ipaddr from 'ipaddr.js';

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** Proxies whose word about the client counts. */
export interface TrustedProxies {
  trusts(address: string): boolean;
}

/**
 * Reads addresses and ranges ("10.0.0.0/8", "192.0.2.7", "2001:db8::/32").
 * Throws an Error that names the first one that is neither.
 */
export function trustedProxies(list: readonly string[]): TrustedProxies {
  const ranges = list.map(readRange);
  if (ranges.length === 0) return { trusts: () => false };
  return {
    trusts(text) {
      const address = parse(text);
      return (
        address !== undefined &&
        ranges.some(([base, bits]) => address.kind() === base.kind() && address.match(base, bits))
      );
    },
  };
}

function readRange(text: string): Range {
  const [first = '', length, ...more] = text.split('/');
  const base = parse(first);
  if (base === undefined || more.length > 0 || first.includes('[')) throw notRange(text);
  const most = base.kind() === 'ipv4' ? 32 : 128;
  if (length === undefined) return [base, most];
  // The length of ::ffff:10.0.0.0/104 counts from the front of 128 bits.
  const mapped = base.kind() === 'ipv4' && first.includes(':');
  const bits = /^\d{1,3}$/.test(length) ? Number(length) - (mapped ? 96 : 0) : -1;
  if (bits < 0 || bits > most) throw notRange(text);
  return [base, bits];
}

function notRange(text: string): Error {
  return new Error(`'${text}' is neither an address nor a range of addresses`);
}

/** An address in its one spelling: IPv4-mapped IPv6 is IPv4, zones go, IPv6 is compressed. */
export function canonicalAddress(text: string): string {
  // The usual case, which needs no parser.
  if (/^\d+\.\d+\.\d+\.\d+$/.test(text)) return text;
  return parse(text)?.toString() ?? text;
}

/** An address as headers spell it: with a port or without, IPv6 in brackets or not, perhaps with a zone. */
const spelling =
  /^(?:(\d+\.\d+\.\d+\.\d+)(?::\d{1,5})?|\[([^[\]%]+)(?:%[^[\]]*)?\](?::\d{1,5})?|([^[\]%]+)(?:%[^[\]]*)?)$/;

function parse(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  const [, four, bracketed, six] = spelling.exec(text.trim()) ?? [];
  const address = four ?? bracketed ?? six;
  if (address === undefined) return undefined;
  // process() reads "0x7f.1" as well; only the usual spellings count.
  const known =
    four === undefined ? ipaddr.IPv6.isValid(address) : ipaddr.IPv4.isValidFourPartDecimal(address);
  return known ? ipaddr.process(address) : undefined;
}

/**
 * The caller's address: the peer's own, unless the peer is a trusted proxy; then the right-most
 * entry of X-Forwarded-For that is no trusted proxy (entries further left are the caller's claims).
 */
export function clientAddress(
  peer: string,
  forwardedFor: string | undefined,
  proxies: TrustedProxies,
): string {
  const own = canonicalAddress(peer);
  if (forwardedFor === undefined || !proxies.trusts(own)) return own;
  let client = own;
  for (const entry of forwardedFor.split(',').reverse()) {
    const address = parse(entry)?.toString();
    if (address === undefined) return client;
    client = address;
    if (!proxies.trusts(address)) return client;
  }
  return client;
}
