import { randomFillSync } from 'node:crypto';

/** So many are made at once: a run has one for each of its actions. */
const atOnce = 128;
const length = 36;
const bytes = Buffer.allocUnsafeSlow(16 * atOnce);
/** All of them as one text, and how many were given out. */
let texts = '';
let given = atOnce;

/** A random GUID (RFC 9562, version 4) with hyphens. */
export function newGuid(): string {
  if (given === atOnce) refill();
  const at = length * given;
  given += 1;
  return texts.slice(at, at + length);
}

function refill(): void {
  randomFillSync(bytes);
  for (let at = 0; at < bytes.length; at += 16) {
    bytes[at + 6] = (bytes[at + 6]! & 0x0f) | 0x40;
    bytes[at + 8] = (bytes[at + 8]! & 0x3f) | 0x80;
  }
  texts = bytes.toString('hex').replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/g, '$1-$2-$3-$4-$5');
  given = 0;
}
