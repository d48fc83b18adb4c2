import { RefusedRequest } from '../refused-request.js';
import { RequestReader } from '../request-reader.js';

/** A request as it was read, its bytes as Latin-1. */
export interface ReadRequest {
  readonly method: string;
  readonly target: string;
  readonly version: 0 | 1;
  readonly fields: readonly string[];
  body: string;
  readonly persistent: boolean;
}

/** What a reader made of bytes. */
export interface Reading {
  /** Complete requests, up to the last one of the connection. */
  readonly requests: readonly ReadRequest[];
  /** Status of the refusal that ended it. */
  readonly refused: number | undefined;
  readonly error: unknown;
}

/** Reads bytes (Latin-1) piece by piece. */
export function readAll(pieces: string | readonly string[], mostHeadBytes: number): Reading {
  const reader = new RequestReader(mostHeadBytes);
  const requests: ReadRequest[] = [];
  let running: ReadRequest | undefined;
  let last = false;
  const end = (): void => {
    requests.push(running!);
    last = !running!.persistent;
    running = undefined;
  };
  try {
    for (const piece of typeof pieces === 'string' ? [pieces] : pieces) {
      const bytes = Buffer.from(piece, 'latin1');
      let at = 0;
      while (at < bytes.length && !last) {
        if (reader.ended) {
          at = reader.readHead(bytes, at, bytes.length);
          const { head } = reader;
          if (!head) continue;
          const { method, target, minorVersion: version, fields, persistent } = head;
          running = { method, target, version, fields, body: '', persistent };
          if (reader.ended) end();
          continue;
        }
        at = reader.readBody(bytes, at, bytes.length, (all, from, to) => {
          running!.body += all.toString('latin1', from, to);
        });
        if (reader.ended) end();
      }
    }
  } catch (error) {
    const refused = error instanceof RefusedRequest ? error.status : undefined;
    return { requests, refused, error };
  }
  return { requests, refused: undefined, error: undefined };
}
