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
  return /^(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/.test(value);
}
