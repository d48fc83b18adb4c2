const pattern =
  /^(-)?P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/i;

/**
 * Milliseconds of an ISO 8601 duration; undefined when the text is none.
 * @param from the time from which years and months are counted, in milliseconds since 1970
 */
export function parseDuration(text: string, from = 0): number | undefined {
  const match = pattern.exec(text.trim());
  if (!match) return undefined;
  const part = (index: number): number => Number(match[index] ?? 0);
  const time =
    ((part(4) * 7 + part(5)) * 24 + part(6)) * 3_600_000 + part(7) * 60_000 + part(8) * 1000;
  const months = part(2) * 12 + part(3);
  const duration = time + (months === 0 ? 0 : addMonths(from, months) - from);
  return match[1] ? -duration : duration;
}

/** The same day of another month, or its last day where the month is shorter. */
export function addMonths(time: number, months: number): number {
  const date = new Date(time);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return date.getTime();
}
