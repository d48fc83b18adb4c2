import { netResponse } from '@isthmus/policy-expressions';
import type { Response } from '../model/message.js';

/** The responses behind the IResponse objects that variables hold. */
const responses = new WeakMap<object, Response>();

/** The value that send-request stores: an IResponse for expressions. Its body must be buffered. */
export function responseVariable(response: Response): unknown {
  const value = netResponse(response) as object;
  responses.set(value, response);
  return value;
}

/** The response behind a variable; undefined when the variable holds something else. */
export function responseOf(value: unknown): Response | undefined {
  return typeof value === 'object' && value !== null ? responses.get(value) : undefined;
}
