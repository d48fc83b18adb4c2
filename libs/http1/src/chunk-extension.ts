import { isTokenByte, protocolError, skipToken, tab, tableOf } from './field-lines.js';

/** Ends a chunk size, or an extension before another. */
export const semicolon = 0x3b;
const equals = 0x3d;
const quote = 0x22;
const backslash = 0x5c;
const carriageReturn = 0x0d;

/** 1 for bytes that stand in a quoted string as they are (RFC 9110 section 5.6.4). */
const isQuoted = tableOf(
  (code) =>
    (code === tab || (code >= 0x20 && code !== 0x7f)) && code !== quote && code !== backslash,
);

type Place = 'name' | 'value' | 'token' | 'quoted' | 'escaped' | 'end';

/**
 * Reads over chunk extensions (RFC 9112 section 7.1.1) however their bytes are split: `;name`, `;name=token`,
 * `;name="text"`, without blanks. They mean nothing here, but what is none may hide a line end from somebody else.
 */
export class ExtensionSyntax {
  #place: Place = 'name';
  /** Bytes of the name or value so far. */
  #length = 0;

  /** Behind the semicolon that starts the first. */
  begin(): void {
    this.#enter('name');
  }

  /** Gives the place of the CR behind the extensions, or `to`. Throws Http1Failure for what is no extension. */
  skip(bytes: Uint8Array, from: number, to: number): number {
    let at = from;
    while (at < to) {
      at = this.#skipPart(bytes, at, to);
      if (at === to) return to;
      if (bytes[at] === carriageReturn && this.#mayEnd()) return at;
      this.#turn(bytes[at++]!);
    }
    return at;
  }

  /** Skips what goes on with the name or value that has begun. */
  #skipPart(bytes: Uint8Array, from: number, to: number): number {
    let at = from;
    if (this.#place === 'quoted') while (at < to && isQuoted[bytes[at]!] === 1) at++;
    else if (this.#place === 'name' || this.#place === 'token') at = skipToken(bytes, from, to);
    this.#length += at - from;
    return at;
  }

  #mayEnd(): boolean {
    return this.#place === 'end' || (this.#length > 0 && isBare(this.#place));
  }

  /** Takes the byte that ends a part. */
  #turn(byte: number): void {
    const place = this.#place;
    if (place === 'escaped' && (isQuoted[byte] === 1 || byte === quote || byte === backslash))
      this.#place = 'quoted';
    else if (place === 'quoted' && byte === quote) this.#place = 'end';
    else if (place === 'quoted' && byte === backslash) this.#place = 'escaped';
    else if (place === 'name' && byte === equals && this.#length > 0) this.#enter('value');
    else if (place === 'value' && byte === quote) this.#place = 'quoted';
    else if (place === 'value' && isTokenByte(byte)) this.#place = 'token';
    else if (byte === semicolon && this.#mayEnd()) this.#enter('name');
    else throw protocolError('A chunk extension is malformed.');
    if (this.#place === 'token') this.#length++;
  }

  #enter(place: Place): void {
    this.#place = place;
    this.#length = 0;
  }
}

function isBare(place: Place): boolean {
  return place === 'name' || place === 'token';
}
