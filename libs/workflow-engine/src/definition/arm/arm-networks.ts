import { isV4, isV6 } from '../address-range.js';
import { ArmTemplateError } from './arm-error.js';

/** A block of addresses: its first address as a number, its length and the length of its family. */
interface Block {
  readonly first: bigint;
  readonly length: number;
  readonly bits: 32 | 128;
}

/** `network/prefix` in either family; addresses inside the block stand for the block. */
function blockOf(text: string): Block {
  const [address = '', prefix = '', ...rest] = text.split('/');
  const bits = isV4(address) ? 32 : isV6(address) ? 128 : undefined;
  const length = /^\d{1,3}$/.test(prefix) ? Number(prefix) : NaN;
  if (bits === undefined || rest.length > 0 || !(length <= bits))
    throw new ArmTemplateError(`'${text}' is not a range of addresses in CIDR notation.`);
  const hosts = BigInt(bits - length);
  return { first: (valueOf(address, bits) >> hosts) << hosts, length, bits };
}

function valueOf(address: string, bits: 32 | 128): bigint {
  const [parts, width] = bits === 32 ? [address.split('.'), 8n] : [groupsOf(address), 16n];
  return parts.reduce((sum, part) => (sum << width) | BigInt(bits === 32 ? part : `0x${part}`), 0n);
}

/** The eight groups of digits of an address of version 6. */
function groupsOf(address: string): readonly string[] {
  const plain = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...bytes: string[]) =>
    [0, 2].map((at) => (Number(bytes[at]) * 256 + Number(bytes[at + 1])).toString(16)).join(':'),
  );
  const [head = [], tail = []] = plain
    .split('::')
    .map((half) => (half === '' ? [] : half.split(':')));
  return [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
}

/** The usual text of an address: of version 6 with its longest run of zeros left out. */
function textOfAddress(value: bigint, bits: 32 | 128): string {
  if (bits === 32) return [24n, 16n, 8n, 0n].map((at) => (value >> at) & 255n).join('.');
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((value >> BigInt(112 - index * 16)) & 0xffffn).toString(16),
  ).join(':');
  const runs = [...groups.matchAll(/\b0(?::0)+\b/g)];
  const longest = runs.toSorted((left, right) => right[0].length - left[0].length)[0];
  if (!longest) return groups;
  const end = longest.index + longest[0].length;
  return `${groups.slice(0, longest.index).replace(/:$/, '')}::${groups.slice(end).replace(/^:/, '')}`;
}

/** `parseCidr`: the parts of a block; only version 4 has a broadcast address and keeps its ends for itself. */
export function parseCidr(text: string): Readonly<Record<string, string | number>> {
  const { first, length, bits } = blockOf(text);
  const last = first | ((1n << BigInt(bits - length)) - 1n);
  const mask = ((1n << BigInt(length)) - 1n) << BigInt(bits - length);
  const own = bits === 32 && length < 31 ? 1n : 0n;
  return {
    network: textOfAddress(first, bits),
    netmask: textOfAddress(mask, bits),
    ...(bits === 32 && { broadcast: textOfAddress(last, bits) }),
    firstUsable: textOfAddress(first + own, bits),
    lastUsable: textOfAddress(last - own, bits),
    cidr: length,
  };
}

/** `cidrSubnet(network, newCIDR, subnetIndex)`: the block of that length at that place in the network. */
export function cidrSubnet(text: string, length: number, index: number): string {
  const { first, bits, length: outer } = blockOf(text);
  if (length < outer || length > bits)
    throw new ArmTemplateError(`The range '${text}' has no subnets with the prefix ${length}.`);
  if (index < 0 || BigInt(index) >= 1n << BigInt(length - outer))
    throw new ArmTemplateError(`The range '${text}' has no subnet ${index} of /${length}.`);
  return `${textOfAddress(first + (BigInt(index) << BigInt(bits - length)), bits)}/${length}`;
}

/** `cidrHost(network, hostIndex)`: index 0 is the first usable address. */
export function cidrHost(text: string, index: number): string {
  const { first, bits, length } = blockOf(text);
  if (index < 0 || BigInt(index) + 1n >= 1n << BigInt(bits - length))
    throw new ArmTemplateError(`The range '${text}' has no host ${index}.`);
  return textOfAddress(first + BigInt(index) + 1n, bits);
}
