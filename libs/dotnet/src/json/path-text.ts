import { escapeJsonString } from './string-text.js';

/** One step of a JSON path: a property name or an array index. */
export type PathStep = string | number;

// Names with one of these are written ['name'] (JsonPosition of Newtonsoft).
const special = /[ '/"[\]()\t\n\r\f\b\\\u0085\u2028\u2029.]/;

/** The text of a path as Newtonsoft prints it: `a.b[0]['x y']`. */
export function buildPath(steps: readonly PathStep[]): string {
  let text = '';
  for (const step of steps) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (special.test(step)) text += `['${escapeJsonString(step, "'")}']`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
}
