import { jest } from '@jest/globals';
import fc from 'fast-check';
import { readServerName } from './client-hello.js';

fc.configureGlobal({ seed: jest.getSeed() });

/** A ClientHello with a server name, in records of so many bytes. */
function hello(name: string | undefined, recordSize = 16_384): Buffer {
  const host = Buffer.from(name ?? '');
  const two = (value: number): Buffer => Buffer.of(value >> 8, value & 255);
  const entry = Buffer.concat([Buffer.of(0), two(host.length), host]);
  const list = Buffer.concat([two(entry.length), entry]);
  const extension = Buffer.concat([two(0), two(list.length), list]);
  const other = Buffer.concat([two(10), two(4), two(2), two(29)]);
  const extensions = name === undefined ? other : Buffer.concat([other, extension]);
  const body = Buffer.concat([
    Buffer.of(3, 3),
    Buffer.alloc(32, 7),
    Buffer.of(2, 1, 1),
    two(2),
    two(0x1301),
    Buffer.of(1, 0),
    two(extensions.length),
    extensions,
  ]);
  const handshake = Buffer.concat([Buffer.of(1, 0), two(body.length), body]);
  const records: Buffer[] = [];
  for (let at = 0; at < handshake.length; at += recordSize) {
    const part = handshake.subarray(at, at + recordSize);
    records.push(Buffer.of(22, 3, 1), two(part.length), part);
  }
  return Buffer.concat(records);
}

describe('the server name of a ClientHello', () => {
  it('46 (CVE-2026-32305): is read, in one record or in many', () => {
    expect(readServerName(hello('one.example'))).toEqual({ name: 'one.example' });
    expect(readServerName(hello('one.example', 3))).toEqual({ name: 'one.example' });
    expect(readServerName(hello(undefined))).toEqual({ name: undefined });
  });
  it('waits for every byte', () => {
    const bytes = hello('one.example', 40);
    for (let length = 0; length < bytes.length; length++)
      expect(readServerName(bytes.subarray(0, length))).toBe('incomplete');
  });
  it('is none for what is no ClientHello', () => {
    for (const text of [
      'GET / HTTP/1.1\r\n\r\n',
      '\x16\x03\x01\x00\x00',
      '\x16\x03\x01\x00\x04\x02\0\0\0',
    ])
      expect(readServerName(Buffer.from(text, 'latin1'))).toEqual({ name: undefined });
  });
  it('never fails, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(400), (noise, at) => {
        const isAnswer = (found: ReturnType<typeof readServerName>): boolean =>
          found === 'incomplete' || 'name' in found;
        expect(isAnswer(readServerName(Buffer.from(noise)))).toBe(true);
        const bytes = hello('one.example', 64);
        bytes.set(noise.subarray(0, Math.max(0, bytes.length - at)), Math.min(at, bytes.length));
        expect(isAnswer(readServerName(bytes))).toBe(true);
        const record = Buffer.concat([Buffer.of(22, 3, 1, 0, noise.length & 255), noise]);
        expect(isAnswer(readServerName(record))).toBe(true);
      }),
    );
  });
});
