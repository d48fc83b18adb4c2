/**
 * Milliseconds since 1970 of an ISO 8601 time with up to seven decimals; without a zone it is UTC.
 * Undefined when the text is no time.
 */
export function parseTimestamp(text: string): number | undefined {
  const match =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i.exec(
      text.trim(),
    );
  if (!match) {
    const parsed = Date.parse(text);
    return Number.isNaN(parsed) ? undefined : parsed;
  }
  const [, date, time = '00:00:00', fraction, zone = 'Z'] = match;
  const whole = Date.parse(
    `${date}T${time.length === 5 ? `${time}:00` : time}${zone.toUpperCase()}`,
  );
  return Number.isNaN(whole) ? undefined : whole + (fraction ? Number(fraction) * 1000 : 0);
}
