import { createHash } from 'node:crypto';

/**
 * The id of a child run: the same each time for the same action of the same parent, so that starting
 * it twice is harmless. It begins with the time of its parent, as run ids do.
 */
export function childRunId(parentRunId: string, path: string): string {
  const hash = createHash('sha256').update(`${parentRunId}:${path}`).digest('hex');
  const digits = BigInt(`0x${hash.slice(0, 28)}`)
    .toString()
    .padStart(34, '0');
  return `${parentRunId.slice(0, 20)}${digits}CU00`;
}
