import type { Runtime } from './runtime.js';

/** Replaces every occurrence of `old`; the length of the result is checked before it is built. */
export function replaceText(text: string, old: string, value: string, runtime: Runtime): string {
  if (value.length > old.length) {
    let count = 0;
    for (let at = text.indexOf(old); at >= 0; at = text.indexOf(old, at + old.length)) count += 1;
    runtime.size(text.length + count * (value.length - old.length));
  }
  runtime.step(text.length >> 6);
  // A dollar sign means itself.
  return text.replaceAll(old, value.includes('$') ? value.replaceAll('$', '$$$$') : value);
}
