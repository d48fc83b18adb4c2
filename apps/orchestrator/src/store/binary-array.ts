/**
 * Arrays of PostgreSQL in their binary form (array_recv): a batch of thousands of JSON texts goes out
 * without a quote being escaped here and unescaped there.
 */

const textOid = 25;
const integerOid = 23;
const timeOid = 1184;
/** Milliseconds from 1970 to 2000, where PostgreSQL's time begins. */
const epoch = 946_684_800_000;

/** `text[]` */
export function textArray(values: readonly (string | null)[]): Buffer {
  let size = 0;
  for (const value of values) size += value === null ? 0 : Buffer.byteLength(value);
  return arrayOf(textOid, values, size, (buffer, value, at) => buffer.write(value, at));
}

/** `integer[]` */
export function integerArray(values: readonly number[]): Buffer {
  return arrayOf(integerOid, values, values.length * 4, (buffer, value, at) => {
    buffer.writeInt32BE(value, at);
    return 4;
  });
}

/** `timestamptz[]` of milliseconds since 1970 */
export function timeArray(values: readonly (number | null)[]): Buffer {
  return arrayOf(timeOid, values, values.length * 8, (buffer, value, at) => {
    buffer.writeBigInt64BE(BigInt(Math.round((value - epoch) * 1000)), at);
    return 8;
  });
}

/** @param size bytes that the values need at most; `write` gives how many one took */
function arrayOf<Value>(
  oid: number,
  values: readonly (Value | null)[],
  size: number,
  write: (buffer: Buffer, value: Value, at: number) => number,
): Buffer {
  const count = values.length;
  const buffer = Buffer.allocUnsafe(20 + count * 4 + size);
  // No dimension: an empty array.
  buffer.writeInt32BE(count === 0 ? 0 : 1, 0);
  buffer.writeInt32BE(values.includes(null) ? 1 : 0, 4);
  buffer.writeInt32BE(oid, 8);
  if (count === 0) return buffer.subarray(0, 12);
  buffer.writeInt32BE(count, 12);
  buffer.writeInt32BE(1, 16);
  let at = 20;
  for (const value of values) {
    const written = value === null ? -1 : write(buffer, value, at + 4);
    buffer.writeInt32BE(written, at);
    at += 4 + Math.max(written, 0);
  }
  return buffer.subarray(0, at);
}
