import { Body } from '../model/body.js';
import type { PolicyContext } from './context.js';

/** A body that a policy makes: it counts among what the call holds in memory. Throws BodyRoomError. */
export function builtBody(
  { parts }: Pick<PolicyContext, 'parts'>,
  content: string | Uint8Array,
): Body {
  const body = typeof content === 'string' ? Body.fromText(content) : Body.fromBytes(content);
  parts.bodyRoom?.take(body.length ?? 0);
  return body;
}
