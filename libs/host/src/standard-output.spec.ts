import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { logStream } from './standard-output.js';

describe('logStream', () => {
  it('keeps so much for a reader that has stopped, loses the rest and tells how much', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'log-'));
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
    const out = logStream({ fd: writer, service: 'x', mostWaiting: 200_000 });
    const line = `{"fill":"${'x'.repeat(990)}"}\n`;
    for (let n = 0; n < 2000; n++) out.write(line);
    let read = '';
    const buffer = Buffer.alloc(65_536);
    for (let tries = 0; tries < 200 && !read.includes('"writes":'); tries++) {
      await wait(10);
      try {
        const count = readSync(reader, buffer);
        read += buffer.toString('utf8', 0, count);
      } catch {
        // Nothing there yet.
      }
    }
    const lines = read.trimEnd().split('\n');
    const last = JSON.parse(lines.at(-1) ?? '') as { level: string; writes: number };
    expect(last).toMatchObject({ level: 'warn', service: 'x' });
    expect(last.writes).toBe(2000 - (lines.length - 1));
    expect(last.writes).toBeGreaterThan(1700);
    out.destroy();
    closeSync(reader);
    rmSync(folder, { recursive: true, maxRetries: 9 });
  });
});
