import { Response, type Request } from '../model/message.js';
import type { CompiledOperation } from './compiled-operation.js';
import type { PolicyContext } from './context.js';

/** True for a CORS preflight (Fetch standard: OPTIONS with Origin and Access-Control-Request-Method). */
export function isPreflight(request: Request): boolean {
  return (
    request.method === 'OPTIONS' &&
    request.headers.has('Origin') &&
    request.headers.has('Access-Control-Request-Method')
  );
}

/**
 * Answers a preflight by the cors policies alone: the first one that matches or ends the request answers,
 * unmatched requests get an empty 200. False when the operation has no cors policy. Not for operations
 * that are OPTIONS themselves: those handle preflights on their own (cors policy reference).
 */
export function runPreflight(operation: CompiledOperation, context: PolicyContext): boolean {
  if (operation.preflight.length === 0) return false;
  for (const rule of operation.preflight) if (rule.answer(context)) return true;
  context.setResponse(new Response(200));
  return true;
}
