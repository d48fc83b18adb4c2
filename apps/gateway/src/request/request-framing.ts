import { isIPv6 } from 'node:net';

/** Header fields that exist once at most; a second one makes a message ambiguous. */
export const singleFields = [
  'host',
  'content-length',
  'transfer-encoding',
  'content-type',
  'authorization',
] as const;

export type SingleField = (typeof singleFields)[number];

/** A registered name or address with an optional port, nothing else. */
export function isHost(value: string): boolean {
  const match = /^(?:[A-Za-z0-9._~-]+|\[([0-9A-Fa-f:.]+)\])(?::(\d{1,5}))?$/.exec(value);
  if (match === null) return false;
  const [, six, port] = match;
  return (six === undefined || isIPv6(six)) && (port === undefined || Number(port) <= 65_535);
}
