import { formatIpv6, parseIpv4, parseIpv6 } from './ip-address.js';

/** System.UriHostNameType. */
export type HostNameType = 'Unknown' | 'Basic' | 'Dns' | 'IPv4' | 'IPv6';

export interface Host {
  readonly text: string;
  readonly type: HostNameType;
}

const LABEL = /^[\p{L}\p{M}\p{N}_-]{1,63}$/u;

/** True for a DNS name, international ones included; one final dot is allowed. */
function isDnsName(text: string): boolean {
  if (text === '' || text.length > 255) return false;
  const labels = (text.endsWith('.') ? text.slice(0, -1) : text).split('.');
  return labels.every((label) => LABEL.test(label));
}

/** Canonical host of a URI's authority; undefined when it is no host. */
export function parseHost(text: string): Host | undefined {
  if (text.startsWith('[')) {
    const match = /^\[([^\]]+)\]$/.exec(text);
    const address = match ? parseIpv6(match[1] ?? '') : undefined;
    return address
      ? { text: `[${formatIpv6({ ...address, scope: 0 })}]`, type: 'IPv6' }
      : undefined;
  }
  const address = /^[0-9a-fA-FxX.]+$/.test(text) ? parseIpv4(text) : undefined;
  if (address) return { text: address.join('.'), type: 'IPv4' };
  return isDnsName(text) ? { text: text.toLowerCase(), type: 'Dns' } : undefined;
}

/** `Uri.CheckHostName`. */
export function checkHostName(text: string | null): HostNameType {
  if (!text) return 'Unknown';
  if (text.startsWith('[')) return parseHost(text)?.type ?? 'Unknown';
  if (text.includes(':')) return parseIpv6(text) ? 'IPv6' : 'Unknown';
  if (/^\d+(?:\.\d+){3}$/.test(text) && parseIpv4(text)) return 'IPv4';
  return isDnsName(text) ? 'Dns' : 'Unknown';
}

/** The punycode form of a host name, as IdnHost gives it. */
export function idnHost(host: string): string {
  if (/^[\0-\x7f]*$/.test(host)) return host;
  try {
    return new URL(`http://${host}`).hostname;
  } catch {
    return host; // no IDNA form
  }
}
