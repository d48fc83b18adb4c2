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
  const ranges = list.map((text): Range => {
    try {
      if (text.includes('/')) return ipaddr.parseCIDR(text) as Range;
      const address = ipaddr.process(text);
      return [address, address.kind() === 'ipv4' ? 32 : 128];
    } catch {
      throw new Error(`'${text}' is neither an address nor a range of addresses`);
    }
  });
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

/** An address in its one spelling: IPv4-mapped IPv6 is IPv4, zones go, IPv6 is compressed. */
export function canonicalAddress(text: string): string {
  // The usual case, which needs no parser.
  if (/^\d+\.\d+\.\d+\.\d+$/.test(text)) return text;
  return parse(text)?.toString() ?? text;
}

function parse(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  const bare = text
    .trim()
    .replace(/^\[|\](:\d+)?$/g, '')
    .replace(/%.*$/, '');
  const address = /^\d+\.\d+\.\d+\.\d+:\d+$/.test(bare) ? bare.slice(0, bare.indexOf(':')) : bare;
  // process() reads "0x7f.1" as well; only the usual spellings count in headers.
  if (!ipaddr.IPv6.isValid(address) && !ipaddr.IPv4.isValidFourPartDecimal(address))
    return undefined;
  return ipaddr.process(address);
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
