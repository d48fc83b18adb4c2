/** A time as the engine writes it: UTC with seven decimals. @param milliseconds since 1970 */
export function timestamp(milliseconds: number): string {
  const whole = Math.floor(milliseconds);
  const ticks = Math.round((milliseconds - whole) * 10_000);
  return new Date(whole).toISOString().replace('Z', `${String(ticks).padStart(4, '0')}Z`);
}
