/** Whether a text is `10.0.0.1`, `10.0.0.0/8` or `10.0.0.1-10.0.0.9`, in either family of addresses. */
export function isAddressRange(text: string): boolean {
  const [first = '', last, ...more] = text.split('-').map((part) => part.trim());
  if (more.length > 0) return false;
  const [network = '', prefix, ...rest] = first.split('/');
  const bits = bitsOf(network);
  if (bits === undefined || rest.length > 0) return false;
  if (last !== undefined) return prefix === undefined && bitsOf(last) === bits;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits);
}

function bitsOf(address: string): 32 | 128 | undefined {
  if (isV4(address)) return 32;
  return isV6(address) ? 128 : undefined;
}

/** Whether a text is an address of four numbers. */
export function isV4(address: string): boolean {
  const parts = address.split('.');
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
}

/** Groups of hexadecimal digits, at most one gap, the last two groups perhaps as an address of the other family. */
export function isV6(address: string): boolean {
  const tail = address.slice(address.lastIndexOf(':') + 1);
  const plain = isV4(tail) ? `${address.slice(0, -tail.length)}0:0` : address;
  const halves = plain.split('::');
  if (halves.length > 2 || !plain.includes(':')) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const isFull = halves.length === 1 ? groups.length === 8 : groups.length < 8;
  return isFull && groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group));
}
