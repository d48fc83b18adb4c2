const WEAK_DES_KEYS = new Set(
  (
    '0101010101010101 fefefefefefefefe 1f1f1f1f0e0e0e0e e0e0e0e0f1f1f1f1 01fe01fe01fe01fe fe01fe01fe01fe01 ' +
    '1fe01fe00ef10ef1 e01fe01ff10ef10e 01e001e001f101f1 e001e001f101f101 1ffe1ffe0efe0efe fe1ffe1ffe0efe0e ' +
    '011f011f010e010e 1f011f010e010e01 e0fee0fef1fef1fe fee0fee0fef1fef1'
  ).split(' '),
);

/** Sets the parity bit of each byte, which DES does not use. */
const oddParity = (key: Uint8Array): Uint8Array =>
  Uint8Array.from(key, (byte) => {
    let ones = 0;
    for (let bit = 1; bit < 8; bit++) ones += (byte >> bit) & 1;
    return (byte & 0xfe) | (ones % 2 === 0 ? 1 : 0);
  });

/** True for the weak and semi-weak DES keys, and for triple keys that repeat a part next to itself. */
export function isWeakDesKey(key: Uint8Array): boolean {
  const text = Buffer.from(oddParity(key)).toString('hex');
  const [first, second, third] = [text.slice(0, 16), text.slice(16, 32), text.slice(32)];
  return key.length === 8 ? WEAK_DES_KEYS.has(text) : first === second || second === third;
}
