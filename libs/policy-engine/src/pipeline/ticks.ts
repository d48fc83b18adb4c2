const ticksAtUnixEpoch = 621_355_968_000_000_000n;

/** UTC ticks (100 ns since 0001-01-01) of a time in milliseconds since 1970. */
export function ticksOfUnixMilliseconds(milliseconds: number): bigint {
  return ticksAtUnixEpoch + BigInt(Math.round(milliseconds * 10_000));
}

/** Ticks of an ISO 8601 text; 0 when it is none. */
export function ticksOfIso(text: string): bigint {
  const milliseconds = Date.parse(text);
  return Number.isNaN(milliseconds) ? 0n : ticksOfUnixMilliseconds(milliseconds);
}

/** `00:00:00.0216474`, with `d.` in front from one day on (.NET TimeSpan, constant format). */
export function timeSpanText(ticks: bigint): string {
  const fraction = ticks % 10_000_000n;
  return (
    clockText(ticks / 10_000_000n) +
    (fraction === 0n ? '' : `.${String(fraction).padStart(7, '0')}`)
  );
}

/** Whole seconds as `02:10:56` or `14.07:13:56`. */
export function clockText(seconds: bigint): string {
  const two = (value: bigint): string => String(value).padStart(2, '0');
  const days = seconds / 86_400n;
  const clock = `${two((seconds / 3600n) % 24n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}`;
  return days > 0n ? `${days}.${clock}` : clock;
}

/** ISO 8601 with seven digits of a second. */
export function timestampText(milliseconds: number): string {
  const whole = Math.floor(milliseconds);
  const rest = Math.round((milliseconds - whole) * 10_000);
  return new Date(whole)
    .toISOString()
    .replace('Z', `${String(Math.min(rest, 9999)).padStart(4, '0')}Z`);
}
