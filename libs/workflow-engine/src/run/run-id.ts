/**
 * Ticks of .NET (100 ns) from 1970 to the end of its time (`DateTime.MaxValue`), without their last four digits, which
 * are nines: milliseconds.
 */
const lastMillisecond = 253_402_300_799_999;

/**
 * A run id like the service's: newer runs sort first. Twenty digits of ticks that remain until the end of time,
 * nine random ones, a scale unit.
 * @param now milliseconds since 1970
 * @param random gives numbers from 0 up to, not including, 1
 */
export function newRunId(now: number, random: () => number): string {
  const digits = (count: number): string =>
    String(Math.floor(random() * 10 ** count)).padStart(count, '0');
  const remaining = String(lastMillisecond - Math.floor(now)).padStart(16, '0');
  return `${remaining}${digits(4)}${digits(9)}CU${digits(2)}`;
}
