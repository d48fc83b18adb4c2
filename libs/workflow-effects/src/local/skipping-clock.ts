import { setImmediate } from 'node:timers/promises';
import type { DriverClock } from '../driver/run-driver.js';

/** Turns of the event loop in which something may still come before time is skipped. */
const patience = 5;

/** A clock on which waiting takes no time: when nothing else happens, the next timer is due at once. */
export class SkippingClock implements DriverClock {
  constructor(private time: number = Date.now()) {}

  now(): number {
    return this.time;
  }

  async sleep(time: number, signal: AbortSignal): Promise<void> {
    for (let turn = 0; turn < patience; turn++) {
      await setImmediate();
      if (signal.aborted) return;
    }
    this.time = Math.max(this.time, time);
  }
}
