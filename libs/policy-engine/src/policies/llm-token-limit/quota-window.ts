import type { CounterWindow } from '../../ports/counters.js';

export const quotaPeriods = ['Hourly', 'Daily', 'Weekly', 'Monthly', 'Yearly'] as const;

/** The calendar period (UTC) that contains a time; weeks begin on Monday. */
export function quotaWindow(period: (typeof quotaPeriods)[number], now: number): CounterWindow {
  const date = new Date(now);
  const year = date.getUTCFullYear();
  const month = date.getUTCMonth();
  const day = date.getUTCDate();
  const between = (start: number, end: number): CounterWindow => ({
    kind: 'fixed',
    start,
    period: end - start,
  });
  switch (period) {
    case 'Hourly': {
      const start = Date.UTC(year, month, day, date.getUTCHours());
      return between(start, start + 3_600_000);
    }
    case 'Daily':
      return between(Date.UTC(year, month, day), Date.UTC(year, month, day + 1));
    case 'Weekly': {
      const monday = day - ((date.getUTCDay() + 6) % 7);
      return between(Date.UTC(year, month, monday), Date.UTC(year, month, monday + 7));
    }
    case 'Monthly':
      return between(Date.UTC(year, month, 1), Date.UTC(year, month + 1, 1));
    case 'Yearly':
      return between(Date.UTC(year, 0, 1), Date.UTC(year + 1, 0, 1));
  }
}
