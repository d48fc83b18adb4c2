/** Writes a line of the log. */
export type Tell = (message: string, details: Readonly<Record<string, unknown>>) => void;

/** Lets one line of each kind through in ten seconds. */
export function seldom(tell: Tell): Tell {
  const last = new Map<string, number>();
  return (message, details) => {
    const now = Date.now();
    if (now - (last.get(message) ?? 0) < 10_000) return;
    last.set(message, now);
    tell(message, details);
  };
}
