import type { LookupFunction, Socket } from 'node:net';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { buildConnector } from 'undici';
import type { AddressGuard } from '@isthmus/http1';
import { NameLookup } from './name-lookup.js';

/** An address that the gateway may not call. */
export class EgressRefusedError extends Error {
  override readonly name = 'EgressRefusedError';
  readonly code = 'EGRESS_REFUSED';
  constructor(readonly address: string) {
    super(`Calls to the address ${address} are not allowed.`);
  }
}

/** Which addresses calls may go to. */
export interface EgressGuard {
  allows(address: string): boolean;
}

/** Metadata services of clouds: no caller ever has business there, whatever else is allowed. */
const metadata = new Set([
  '169.254.169.254',
  '169.254.169.253',
  '169.254.170.2',
  '168.63.129.16',
  '100.100.100.200',
  'fd00:ec2::254',
]);

/**
 * The guard of one gateway. Only addresses of the public internet pass, unless private ones are
 * allowed; those of cloud metadata services never do. The listed host names are not exempt: what is
 * checked is the address that the connection goes to, so a name cannot be re-pointed afterwards.
 */
export function egressGuard(allowPrivate: boolean): EgressGuard {
  return {
    allows(text) {
      const address = parse(text);
      if (!address) return false;
      if (metadata.has(address.toString())) return false;
      return allowPrivate || isPublic(address);
    },
  };
}

function parse(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  try {
    return ipaddr.process(text.replace(/^\[|\]$/g, '').replace(/%.*$/, ''));
  } catch {
    return undefined;
  }
}

function isPublic(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  const range = address.range();
  if (range === 'unicast') return true;
  // Addresses that carry an IPv4 address are judged by it.
  if (address instanceof ipaddr.IPv6 && (range === '6to4' || range === 'rfc6052')) {
    const bytes = address.toByteArray();
    const inner = range === '6to4' ? bytes.slice(2, 6) : bytes.slice(12, 16);
    return new ipaddr.IPv4(inner).range() === 'unicast';
  }
  return false;
}

/** What the process knows of names. */
const processNames = new NameLookup();

/** A DNS lookup that leaves out addresses which may not be called. */
export function guardedLookup(guard: EgressGuard, names = processNames): LookupFunction {
  return (hostname, options, callback) => {
    names.find(hostname, options, (error, addresses) => {
      if (error) return callback(error, '', 0);
      const allowed = addresses.filter((one) => guard.allows(one.address));
      const first = allowed[0];
      if (!first) return callback(new EgressRefusedError(addresses[0]?.address ?? hostname), '', 0);
      if (options.all) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

/** The guard as plain connections know it. */
export function addressGuard(guard: EgressGuard): AddressGuard {
  return {
    lookup: guardedLookup(guard),
    refused: (address) => (guard.allows(address) ? undefined : new EgressRefusedError(address)),
  };
}

/**
 * Connects like undici, checking the address before and the connected one after, and by `verify` what else a
 * connection must be.
 */
export function guardedConnector(
  guard: EgressGuard,
  options: buildConnector.BuildOptions,
  verify: (socket: Socket, host: string) => Error | undefined = () => undefined,
): buildConnector.connector {
  const connect = buildConnector({
    ...options,
    lookup: guardedLookup(guard),
    autoSelectFamily: true,
  });
  return (target, callback) => {
    const literal = target.hostname.replace(/^\[|\]$/g, '');
    if (isIP(literal) !== 0 && !guard.allows(literal)) {
      callback(new EgressRefusedError(literal), null);
      return;
    }
    connect({ ...target, hostname: literal }, (...result: [null, Socket] | [Error, null]) => {
      const [error, socket] = result;
      if (error) return callback(error, null);
      const address = socket.remoteAddress;
      const refused =
        address !== undefined && !guard.allows(address)
          ? new EgressRefusedError(address)
          : verify(socket, target.servername ?? literal);
      if (!refused) return callback(null, socket);
      socket.destroy();
      callback(refused, null);
    });
  };
}
