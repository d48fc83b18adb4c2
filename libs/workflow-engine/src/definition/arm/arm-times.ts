import { parseDuration } from '../../calls/duration.js';
import { ArmTemplateError } from './arm-error.js';

/** A time in ISO 8601 plus a duration in ISO 8601. */
export function later(base: string, duration: string): string {
  const from = instant(base).getTime();
  const milliseconds = parseDuration(duration, from);
  if (milliseconds === undefined)
    throw new ArmTemplateError(`'${duration}' cannot be added to '${base}'.`);
  return instant(from + milliseconds).toISOString();
}

/** @throws ArmTemplateError of what is no time, or one that no calendar has */
export function instant(time: string | number): Date {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) throw new ArmTemplateError(`'${time}' is not a time.`);
  return date;
}
