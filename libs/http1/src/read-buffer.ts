/** Plain sockets read into this buffer, all of them: what is kept of it is copied before the next read. */
export const readBuffer = Buffer.allocUnsafeSlow(64 * 1024);

/** A part of what a socket has read, for longer than its reading lasts. */
export function kept(bytes: Buffer, from: number, to: number): Buffer {
  const part = bytes.subarray(from, to);
  if (bytes !== readBuffer) return part;
  // Not from node's pool: a byte that waits for its reader would keep all that was cut from the same piece.
  const own = Buffer.allocUnsafeSlow(part.length);
  own.set(part);
  return own;
}
