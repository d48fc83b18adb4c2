import { worded } from '@isthmus/workflow-engine';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import type { AddressGuard } from '@isthmus/http1';
import { ExchangeError } from './exchange-error.js';

/** Where calls of workflows may go. */
export interface EgressRules {
  /** Loopback, link-local and private networks, among them the addresses of metadata services. */
  readonly allowPrivateAddresses: boolean;
  /** Hosts that are allowed although their addresses are private; names in lower case. */
  readonly allowedHosts?: readonly string[];
}

const closed = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  closed.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  ['::', 128],
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
  ['64:ff9b::', 96],
] as const) {
  closed.addSubnet(network, prefix, 'ipv6');
}

/** Whether an address is none of the public internet. */
export function isPrivateAddress(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return closed.check(mapped, 'ipv4');
  return closed.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** @throws ExchangeError when the host of an address is a private address that the rules do not allow */
export function checkAddress(url: URL, rules: EgressRules): void {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isOpen(host, rules) || isIP(host) === 0) return;
  if (isPrivateAddress(host)) throw refused(host);
}

/**
 * A name lookup that refuses private addresses, so that what is connected to is what was checked: a name that
 * changes its address between check and use gains nothing.
 */
export function guardedLookup(rules: EgressRules): LookupFunction {
  return (hostname, options, callback) => {
    void import('node:dns').then(({ lookup }) => {
      lookup(hostname, { ...options, all: true }, (error, addresses) => {
        if (error) return callback(error, '', 4);
        const refusedOne = isOpen(hostname, rules)
          ? undefined
          : addresses.find(({ address }) => isPrivateAddress(address));
        if (refusedOne) return callback(refused(hostname), '', 4);
        if (options.all) return callback(null, addresses);
        const [first] = addresses;
        return callback(null, first?.address ?? '', first?.family ?? 4);
      });
    });
  };
}

/** The rules as plain connections know them. */
export function addressGuard(rules: EgressRules): AddressGuard {
  return {
    lookup: guardedLookup(rules),
    refused: (address, host) =>
      isOpen(host, rules) || !isPrivateAddress(address) ? undefined : refused(host),
  };
}

function isOpen(host: string, rules: EgressRules): boolean {
  return rules.allowPrivateAddresses || (rules.allowedHosts?.includes(host.toLowerCase()) ?? false);
}

function refused(host: string): ExchangeError {
  return new ExchangeError(
    'Forbidden',
    worded`The address of the host '${host}' is private; calls to private addresses are not allowed.`,
    false,
  );
}
