import { createHash } from 'node:crypto';

/**
 * The id of a child run: the same each time for the same attempt of the same action of a parent, so
 * that starting it twice is harmless. It begins with the time of its parent, as run ids do.
 * @param effectId of the call, unique within the parent
 */
export function childRunId(parentRunId: string, effectId: string): string {
  const hash = createHash('sha256').update(`${parentRunId}:${effectId}`).digest('hex');
  const digits = BigInt(`0x${hash.slice(0, 28)}`)
    .toString()
    .padStart(34, '0');
  return `${parentRunId.slice(0, 20)}${digits}CU00`;
}
