import { randomFillSync } from 'node:crypto';

/** So many are made at once: a run has one for each of its actions. */
const atOnce = 128;
const length = 36;
const bytes = Buffer.allocUnsafeSlow(16 * atOnce);
const written = Buffer.allocUnsafeSlow(length * atOnce);
const digits = Buffer.from('0123456789abcdef');
const hyphen = 45;
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
  let to = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const index = at % 16;
    if (index === 6) bytes[at] = (bytes[at]! & 0x0f) | 0x40;
    if (index === 8) bytes[at] = (bytes[at]! & 0x3f) | 0x80;
    if (index === 4 || index === 6 || index === 8 || index === 10) written[to++] = hyphen;
    written[to++] = digits[bytes[at]! >> 4]!;
    written[to++] = digits[bytes[at]! & 0x0f]!;
  }
  texts = written.toString('latin1');
  given = 0;
}
