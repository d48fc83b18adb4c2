/** Severity of the trace policy. */
export type Severity = 'verbose' | 'information' | 'error';

/** Logs and metrics that leave the gateway. None of these may delay or fail a request. */
export interface Log {
  /** The trace policy: goes to the diagnostics whatever the sampling. */
  trace(entry: {
    source: string;
    severity: Severity;
    message: string;
    metadata: Readonly<Record<string, string>>;
  }): void;
  /** emit-metric and its token-counting relatives. */
  metric(metric: {
    namespace: string;
    name: string;
    value: number;
    dimensions: Readonly<Record<string, string>>;
  }): void;
  /** Something that a policy had to ignore (ignore-error, an unreachable cache). */
  warn(message: string, details: Readonly<Record<string, unknown>>): void;
}

/** A fake that remembers. */
export class FakeLog implements Log {
  readonly traces: Parameters<Log['trace']>[0][] = [];
  readonly metrics: Parameters<Log['metric']>[0][] = [];
  readonly warnings: string[] = [];

  trace(entry: Parameters<Log['trace']>[0]): void {
    this.traces.push(entry);
  }

  metric(metric: Parameters<Log['metric']>[0]): void {
    this.metrics.push(metric);
  }

  warn(message: string): void {
    this.warnings.push(message);
  }
}
