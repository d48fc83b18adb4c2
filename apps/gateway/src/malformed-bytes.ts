import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { answerOn, isRefused, malformed } from './errors.js';

/** Connections whose bytes made no sense: nothing on them is read any more. */
const spoilt = new WeakSet<object>();

/**
 * Bytes of a caller that are no request end the connection. The requests before them still get their answers; an
 * answer that is half sent is cut off, as nothing may be written into it.
 */
export async function endMalformed(error: NodeJS.ErrnoException, socket: Duplex): Promise<void> {
  if (spoilt.has(socket)) return;
  spoilt.add(socket);
  if (error.code === 'ECONNRESET' || !socket.writable || isRefused(socket)) {
    end(socket);
    return;
  }
  await answersBefore(socket, isAwaited);
  if (socket.destroyed || !socket.writable) return;
  const answer = answerOn(socket);
  if (answer?.headersSent === true && !answer.writableEnded) socket.destroy();
  else socket.end(malformed(error.code ?? ''), () => socket.destroy());
}

/**
 * Waits until the requests before have been answered, or those that `waits` names. Whoever writes on a connection that
 * is still owed an answer would give it in another's place.
 */
export async function answersBefore(
  socket: Duplex,
  waits: (answer: ServerResponse) => boolean = () => true,
): Promise<void> {
  for (;;) {
    const before = answerOn(socket);
    if (before === undefined || before.closed || !waits(before)) return;
    await new Promise<void>((resolve) => before.once('close', resolve));
  }
}

/** The request is here to its end, and its answer has not begun. */
function isAwaited({ req, headersSent }: ServerResponse): boolean {
  return req.complete && !headersSent;
}

function end(socket: Duplex): void {
  if ('destroySoon' in socket && typeof socket.destroySoon === 'function')
    (socket.destroySoon as () => void)();
  else socket.destroy();
}
