import { NameTable, nameSet } from './name-table.js';

/**
 * Fields of one connection that never travel on, but for `Connection` and `Keep-Alive`, which also say something of the
 * connection itself (RFC 9110 section 7.6.1, RFC 7540 section 3.2.1).
 */
export const hopFields: readonly string[] = [
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'upgrade',
  'http2-settings',
];

/** What the fields mean that frame a message or belong to its connection. */
export type ConnectionField =
  | 'content-length'
  | 'connection'
  | 'transfer-encoding'
  | 'keep-alive'
  /** The others that describe one connection and never travel on. */
  | 'hop';

/** Fields that frame a message, and those of one connection (RFC 9110 section 7.6.1). */
export const connectionFields = new NameTable<ConnectionField>([
  ...(['content-length', 'connection', 'transfer-encoding', 'keep-alive'] as const).map(
    (name) => [name, name] as const,
  ),
  ...hopFields.map((name) => [name, 'hop'] as const),
]);

/** Whether a field describes one connection and never travels on. */
export function isHopByHop(name: string): boolean {
  const field = connectionFields.find(name);
  return field !== undefined && field !== 'content-length';
}

/** Fields that a peer may not have removed by naming them in Connection: whoever sends or relays a message owns them. */
const keptAlways = nameSet([
  'host',
  'content-length',
  'content-type',
  'content-encoding',
  'authorization',
  'cookie',
  'set-cookie',
  'via',
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'cache-control',
]);

/** The fields that a Connection value has removed; undefined for none. */
export function namedByConnection(value: string): NameTable<true> | undefined {
  if (value === 'keep-alive' || value === 'close') return undefined;
  const named = value.split(',').map((part) => part.trim());
  const removed = named.filter((name) => name !== '' && !keptAlways.find(name));
  return removed.length === 0 ? undefined : nameSet(removed);
}
