import { existsSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leaveSecret, localSecret } from './trace-secret.js';

// No gateway of this machine has such a port.
const port = `spec-${process.pid}`;
const file = join(tmpdir(), `isthmus-gateway-${port}.json`);

describe('the trace secret of a gateway on this machine', () => {
  it('is there while the gateway runs, for this user only', () => {
    const takeAway = leaveSecret(port, 'one');
    expect(localSecret(port)).toBe('one');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    takeAway();
    expect(localSecret(port)).toBeUndefined();
    expect(existsSync(file)).toBe(false);
  });

  it('comes back when a second gateway found the port taken', () => {
    const takeAway = leaveSecret(port, 'first');
    leaveSecret(port, 'second')();
    expect(localSecret(port)).toBe('first');
    takeAway();
  });

  it('does not come back from a gateway that is gone', () => {
    writeFileSync(file, JSON.stringify({ traceSecret: 'old', pid: 2 ** 30 }), { mode: 0o666 });
    const takeAway = leaveSecret(port, 'new');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    takeAway();
    expect(localSecret(port)).toBeUndefined();
  });
});
