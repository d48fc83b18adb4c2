import { argumentNull, DotNetError, formatException } from '../dotnet-error.js';

/** Bytes of an IPv6 address and its scope (zone) number. */
export interface Ipv6 {
  readonly bytes: Uint8Array;
  readonly scope: number;
}

/** Four bytes of an IPv4 text: one to four parts, decimal, octal (`010`) or hexadecimal (`0x7f`). */
export function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.split('.');
  if (parts.length > 4) return undefined;
  const numbers: number[] = [];
  for (const part of parts) {
    const radix = /^0[xX]/.test(part) ? 16 : part.length > 1 && part.startsWith('0') ? 8 : 10;
    const digits = radix === 16 ? part.slice(2) : part;
    const legal = radix === 16 ? /^[0-9a-fA-F]+$/ : radix === 8 ? /^[0-7]+$/ : /^\d+$/;
    if (!legal.test(digits)) return undefined;
    numbers.push(Number.parseInt(digits, radix));
  }
  const last = numbers.pop() ?? 0;
  if (numbers.some((number) => number > 255) || last >= 256 ** (4 - numbers.length))
    return undefined;
  const value = numbers.reduce((sum, number, index) => sum + number * 256 ** (3 - index), last);
  return Uint8Array.of(value / 2 ** 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
}

/** Sixteen bytes of an IPv6 text, brackets and scope removed by the caller or given as `%n`. */
export function parseIpv6(text: string): Ipv6 | undefined {
  const scoped = /^([^%]*)(?:%(.+))?$/.exec(text);
  if (!scoped) return undefined;
  const scope =
    scoped[2] === undefined ? 0 : /^\d+$/.test(scoped[2]) ? Number(scoped[2]) : undefined;
  let body = scoped[1] ?? '';
  const embedded = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(body);
  if (embedded) {
    const four = parseIpv4(embedded[2] ?? '');
    if (!four) return undefined;
    const group = (index: number): string =>
      (((four[index] ?? 0) << 8) | (four[index + 1] ?? 0)).toString(16);
    body = `${embedded[1]}${group(0)}:${group(2)}`;
  }
  const halves = body.split('::');
  if (halves.length > 2) return undefined;
  const groupsOf = (half: string | undefined): string[] => (half ? half.split(':') : []);
  const head = groupsOf(halves[0]);
  const tail = groupsOf(halves[1]);
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [
    ...head,
    ...Array.from({ length: halves.length === 1 ? 0 : missing }, () => '0'),
    ...tail,
  ];
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  const bytes = new Uint8Array(16);
  for (const [index, group] of groups.entries()) {
    const value = Number.parseInt(group, 16);
    bytes[index * 2] = value >> 8;
    bytes[index * 2 + 1] = value & 255;
  }
  return { bytes, scope: scope ?? 0 };
}

/** Canonical text: the longest run of zeros as `::`, an embedded IPv4 part in dotted form. */
export function formatIpv6({ bytes, scope }: Ipv6): string {
  const groups = Array.from(
    { length: 8 },
    (_, i) => ((bytes[i * 2] ?? 0) << 8) | (bytes[i * 2 + 1] ?? 0),
  );
  const suffix = scope > 0 ? `%${scope}` : '';
  const leading = groups.slice(0, 5).every((group) => group === 0);
  const isMapped = leading && groups[5] === 0xffff;
  const isCompatible = leading && groups[5] === 0 && (groups[6] ?? 0) !== 0;
  if (isMapped || isCompatible) {
    const four = [...bytes.slice(12)].join('.');
    return `${isMapped ? '::ffff:' : '::'}${four}${suffix}`;
  }
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  const hex = (list: readonly number[]): string =>
    list.map((group) => group.toString(16)).join(':');
  if (best.start < 0) return hex(groups) + suffix;
  return `${hex(groups.slice(0, best.start))}::${hex(groups.slice(best.start + best.length))}${suffix}`;
}

/** System.Net.IPAddress: 4 or 16 bytes. Immutable; compared by value. */
export class IpAddress {
  constructor(
    readonly bytes: Uint8Array,
    readonly scope = 0,
  ) {}

  /** Undefined when the text is no address. */
  static tryParse(text: string | null): IpAddress | undefined {
    if (text === null) return undefined;
    if (text.includes(':')) {
      const inner = /^\[([^\]]*)\](?::\d+)?$/.exec(text)?.[1] ?? text;
      const address = parseIpv6(inner);
      return address && new IpAddress(address.bytes, address.scope);
    }
    const four = parseIpv4(text);
    return four && new IpAddress(four);
  }

  /** Throws FormatException or ArgumentNullException. */
  static parse(text: string | null): IpAddress {
    if (text === null) throw argumentNull('ipString');
    const address = IpAddress.tryParse(text);
    if (!address) throw formatException('An invalid IP address was specified.');
    return address;
  }

  static readonly loopback = new IpAddress(Uint8Array.of(127, 0, 0, 1));
  static readonly any = new IpAddress(Uint8Array.of(0, 0, 0, 0));

  /** From 4 or 16 bytes; throws ArgumentException. */
  static fromBytes(bytes: Uint8Array): IpAddress {
    if (bytes.length !== 4 && bytes.length !== 16) {
      throw new DotNetError('System.ArgumentException', 'An invalid IP address was specified.', {
        paramName: 'address',
      });
    }
    return new IpAddress(Uint8Array.from(bytes));
  }

  get isIpv6(): boolean {
    return this.bytes.length === 16;
  }
  get addressFamily(): 'InterNetwork' | 'InterNetworkV6' {
    return this.isIpv6 ? 'InterNetworkV6' : 'InterNetwork';
  }
  get isLoopback(): boolean {
    const text = this.toString();
    return this.isIpv6 ? text === '::1' || text.startsWith('::ffff:127.') : this.bytes[0] === 127;
  }

  equals(other: IpAddress): boolean {
    return this.toString() === other.toString();
  }

  toString(): string {
    return this.isIpv6
      ? formatIpv6({ bytes: this.bytes, scope: this.scope })
      : this.bytes.join('.');
  }
}
