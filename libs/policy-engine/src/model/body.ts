import { gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import type { MessageBody } from '@isthmus/policy-expressions';
import type { Headers } from './headers.js';

/** Chunks of a body as they arrive. */
export type BodyStream = AsyncIterable<Uint8Array>;

/** Largest body that a policy may hold in memory, unless the gateway sets another. */
export const defaultBufferLimit = 64 * 1024 * 1024;

/** A body was larger than may be held in memory. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
  constructor(readonly limit: number) {
    super(`The message body is larger than ${limit} bytes.`);
  }
}

/** A process holds so many bytes of bodies in memory that there is no room for more. */
export class BodyRoomError extends Error {
  override readonly name = 'BodyRoomError';
  constructor() {
    super('There is no room in memory for the message body at the moment.');
  }
}

/** What a call may hold of bodies in memory, within what its process may. */
export interface BodyRoom {
  /** Counts bytes that are going to be held. Throws BodyRoomError when there is no room for them. */
  take(bytes: number): void;
}

/** How the bytes of a body are to be read. */
export interface BodyOptions {
  /** Value of Content-Type, which may name the charset. */
  readonly contentType?: string | undefined;
  /** The charset itself, where it is known. */
  readonly charset?: string | undefined;
  /** Value of Content-Encoding. */
  readonly contentEncoding?: string | undefined;
  /** Bytes that may be held in memory. */
  readonly limit?: number;
  /** Where what is held in memory counts; absent: nowhere. */
  readonly room?: BodyRoom | undefined;
  /** Keeps `latin1` for all bodies that are made of the same bytes. */
  readonly sent?: { latin1?: string };
}

/**
 * The body of a request or response. It streams until somebody asks for its bytes: `buffer()` reads the
 * stream once and keeps the bytes. Reading without preserving content consumes the body: what nobody
 * sets again is not sent (IMessageBody of the policy expressions reference).
 */
export class Body implements MessageBody {
  #wire: Uint8Array | undefined;
  #stream: BodyStream | undefined;
  #reading: Promise<void> | undefined;
  #decoded: Uint8Array | undefined;
  readonly #options: BodyOptions;
  /** Read for good: nothing is left to send. */
  consumed = false;

  private constructor(
    wire: Uint8Array | undefined,
    stream: BodyStream | undefined,
    options: BodyOptions,
  ) {
    this.#wire = wire;
    this.#stream = stream;
    this.#options = options;
  }

  static fromBytes(bytes: Uint8Array, options: BodyOptions = {}): Body {
    return new Body(bytes, undefined, options);
  }

  /** UTF-8. */
  static fromText(text: string): Body {
    return new Body(Buffer.from(text, 'utf8'), undefined, {});
  }

  static fromStream(stream: BodyStream, options: BodyOptions = {}): Body {
    return new Body(undefined, stream, options);
  }

  /** The same body over another stream, through which its own goes. */
  through(stream: BodyStream): Body {
    return new Body(undefined, stream, this.#options);
  }

  get charset(): string | undefined {
    return this.#options.charset ?? charsetOf(this.#options.contentType);
  }

  /** True when the bytes can be read at once. */
  get buffered(): boolean {
    return this.#stream === undefined;
  }

  /** Length of what will be sent, or undefined while it streams. */
  get length(): number | undefined {
    return this.#stream ? undefined : this.wire.length;
  }

  /** The bytes as they came, still encoded; empty when consumed. Buffer first. */
  get wire(): Uint8Array {
    if (this.#stream) throw new Error('The message body has not been read yet.');
    return this.consumed || !this.#wire ? new Uint8Array(0) : this.#wire;
  }

  /** The bytes as they came as Latin-1, in which each character is one byte. Buffer first. */
  get latin1(): string {
    const { wire } = this;
    const { sent } = this.#options;
    if (sent?.latin1?.length === wire.length) return sent.latin1;
    const bytes =
      wire instanceof Buffer ? wire : Buffer.from(wire.buffer, wire.byteOffset, wire.length);
    const text = bytes.toString('latin1');
    if (sent) sent.latin1 = text;
    return text;
  }

  /**
   * The content whether consumed or not, for expressions, which look at `consumed` themselves: gzip and deflate are
   * undone as on the service, brotli is not (apim-observed 2). Buffer first. Content that does not decode is given
   * as it came. Throws BodyTooLargeError for decompression bombs, BodyRoomError.
   */
  get bytes(): Uint8Array {
    if (this.#stream) throw new Error('The message body has not been read yet.');
    if (this.#decoded) return this.#decoded;
    const wire = this.#wire ?? new Uint8Array(0);
    const decoded = decode(wire, this.#options);
    if (decoded !== wire) this.#options.room?.take(decoded.length);
    return (this.#decoded = decoded);
  }

  /** The content that policies see: empty when consumed. Buffer first. */
  get content(): Uint8Array {
    return this.consumed ? this.wire : this.bytes;
  }

  /** The content as text in its charset (UTF-8 when unknown), without byte order mark. */
  get text(): string {
    return decodeText(this.content, this.charset);
  }

  /** Reads the stream into memory. Undefined when there is nothing to wait for. Rejects with BodyTooLargeError, BodyRoomError. */
  buffer(): Promise<void> | undefined {
    if (!this.#stream) return undefined;
    return (this.#reading ??= this.#read(this.#stream));
  }

  async #read(stream: BodyStream): Promise<void> {
    const { limit = defaultBufferLimit, room } = this.#options;
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of stream) {
      size += chunk.length;
      if (size > limit) throw new BodyTooLargeError(limit);
      room?.take(chunk.length);
      chunks.push(chunk);
    }
    this.#wire = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    this.#stream = undefined;
  }

  /**
   * What to send: bytes when they are in memory (any number of times), else the stream. A stream is gone once it
   * was sent: a second attempt sends an empty body (apim-observed 4).
   */
  send(): Uint8Array | BodyStream {
    const stream = this.#stream;
    if (!stream) return this.wire;
    this.#stream = undefined;
    this.consumed = true;
    return stream;
  }

  /** An independent body with the same content; the body must be buffered. */
  copy(): Body {
    const copy = new Body(this.#wire, undefined, this.#options);
    copy.consumed = this.consumed;
    return copy;
  }
}

/** Content type and encoding as the headers of a message tell them now. */
export function bodyOptions(
  headers: Headers,
  limit = defaultBufferLimit,
  room?: BodyRoom,
): BodyOptions {
  return {
    contentType: headers.text('Content-Type'),
    contentEncoding: headers.text('Content-Encoding'),
    limit,
    room,
  };
}

function charsetOf(contentType: string | undefined): string | undefined {
  return contentType && /;\s*charset\s*=\s*"?([^\s;"]+)"?/i.exec(contentType)?.[1];
}

function decode(wire: Uint8Array, options: BodyOptions): Uint8Array {
  const limit = options.limit ?? defaultBufferLimit;
  try {
    const encoding = options.contentEncoding?.trim().toLowerCase();
    if (encoding === 'gzip' || encoding === 'x-gzip')
      return gunzipSync(wire, { maxOutputLength: limit });
    // Some servers send deflate without its zlib frame.
    if (encoding === 'deflate') {
      const framed =
        ((wire[0] ?? 0) & 15) === 8 && (((wire[0] ?? 0) << 8) | (wire[1] ?? 0)) % 31 === 0;
      return framed
        ? inflateSync(wire, { maxOutputLength: limit })
        : inflateRawSync(wire, { maxOutputLength: limit });
    }
    return wire;
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE')
      throw new BodyTooLargeError(limit);
    return wire;
  }
}

function decodeText(bytes: Uint8Array, charset: string | undefined): string {
  try {
    return new TextDecoder(charset ?? 'utf-8').decode(bytes);
  } catch {
    return new TextDecoder('utf-8').decode(bytes);
  }
}
