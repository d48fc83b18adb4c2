/** What the first bytes of a connection say: the server name, none, or not enough bytes yet. */
export type ServerName = { readonly name: string | undefined } | 'incomplete';

/** A ClientHello beyond this is refused by TLS itself. Bytes. */
export const longestHello = 64 * 1024;

const handshakeRecord = 22;
const clientHello = 1;

/**
 * Reads the server name of a TLS ClientHello (RFC 8446 section 4.1.2, RFC 6066 section 3). What is no ClientHello has no
 * name: the handshake itself refuses it. Never throws.
 */
export function readServerName(bytes: Buffer): ServerName {
  const hello = joinRecords(bytes);
  if (hello === 'incomplete' || hello === undefined) return hello ?? { name: undefined };
  const reader = new Reader(hello);
  // version and random, session id, cipher suites, compression methods
  reader.skip(34);
  reader.skip(reader.number(1));
  reader.skip(reader.number(2));
  reader.skip(reader.number(1));
  const end = reader.number(2) + reader.at;
  while (!reader.failed && reader.at + 4 <= Math.min(end, hello.length)) {
    const type = reader.number(2);
    const length = reader.number(2);
    if (type === 0) {
      // list length, type of the name (0: host name), the name
      reader.skip(2);
      const kind = reader.number(1);
      const name = reader.text(reader.number(2));
      return { name: kind === 0 && !reader.failed ? name : undefined };
    }
    reader.skip(length);
  }
  return { name: undefined };
}

/** The body of the ClientHello, which may come in several records; undefined when this is none. */
function joinRecords(bytes: Buffer): Buffer | 'incomplete' | undefined {
  const parts: Buffer[] = [];
  let [at, have] = [0, 0];
  let need: number | undefined;
  while (need === undefined || have < need) {
    if (at < bytes.length && bytes[at] !== handshakeRecord) return undefined;
    if (at + 5 > bytes.length) return 'incomplete';
    const length = bytes.readUInt16BE(at + 3);
    if (length === 0) return undefined;
    if (at + 5 + length > bytes.length) return 'incomplete';
    parts.push(bytes.subarray(at + 5, at + 5 + length));
    have += length;
    at += 5 + length;
    const joined = have >= 4 && need === undefined ? Buffer.concat(parts) : undefined;
    if (joined && joined[0] !== clientHello) return undefined;
    if (joined) need = 4 + joined.readUIntBE(1, 3);
    if (need !== undefined && need > longestHello) return undefined;
  }
  return Buffer.concat(parts).subarray(4, need);
}

/** Numbers of a buffer one after the other; beyond its end everything is 0 and `failed`. */
class Reader {
  at = 0;
  failed = false;

  constructor(private readonly bytes: Buffer) {}

  number(length: number): number {
    if (this.at + length > this.bytes.length) {
      this.failed = true;
      return 0;
    }
    this.at += length;
    return this.bytes.readUIntBE(this.at - length, length);
  }

  skip(length: number): void {
    this.at += length;
  }

  text(length: number): string {
    this.failed ||= this.at + length > this.bytes.length;
    return this.bytes.toString('latin1', this.at, this.at + length);
  }
}
