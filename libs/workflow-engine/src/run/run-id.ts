/** 3155378975999999999: `DateTime.MaxValue.Ticks`. */
const lastTick = 3_155_378_975_999_999_999n;
const epochTick = 621_355_968_000_000_000n;

/**
 * A run id like the service's: newer runs sort first. Twenty digits of ticks that remain until the end of time,
 * nine random ones, a scale unit.
 * @param now milliseconds since 1970
 * @param random gives numbers from 0 up to, not including, 1
 */
export function newRunId(now: number, random: () => number): string {
  const ticks =
    epochTick + BigInt(Math.floor(now)) * 10_000n + BigInt(Math.floor(random() * 10_000));
  const digits = (count: number): string =>
    String(Math.floor(random() * 10 ** count)).padStart(count, '0');
  return `${String(lastTick - ticks).padStart(20, '0')}${digits(9)}CU${digits(2)}`;
}
