import { Scope, type Frame } from './runtime.js';

/** A frame with variables of its own. */
export function inner(frame: Frame): Frame {
  return { ...frame, scope: new Scope(frame.scope) };
}
