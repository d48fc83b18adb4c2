import { createLogger } from '@isthmus/host';
import type { PolicyContext } from '@isthmus/policy-engine';
import type { FinishedCall } from '../handle-request.js';
import type { Routed } from '../routing/route.js';
import { CallLog } from './call-log.js';

function callOf(path: string, { statusCode = 200, method = 'GET' } = {}): FinishedCall {
  const context = {
    requestId: 'e1b8d7a0-0000-4000-8000-000000000000',
    request: { method, originalUrl: { path }, ipAddress: '192.0.2.1' },
    parts: { product: { id: 'a "product"' } },
    lastError: statusCode >= 500 ? { source: 's', reason: 'r', message: 'line\nbreak' } : null,
  } as unknown as PolicyContext;
  const routed = { api: { info: { id: 'api' } }, miss: undefined } as unknown as Routed;
  return { context, routed, sent: { bytes: 7 }, statusCode, duration: 1.26 };
}

function linesOf(which: string, level: string, ...calls: FinishedCall[]): string[] {
  const lines: string[] = [];
  const log = new CallLog(
    createLogger('gateway', level, { write: (line) => void lines.push(line) }),
    which,
  );
  for (const call of calls) log.write(call);
  return lines;
}

describe('the line of a call', () => {
  it('is one JSON object in the shape of the log', () => {
    const [line = ''] = linesOf('all', 'info', callOf('/api/x'));
    expect(line.endsWith('}\n')).toBe(true);
    expect(JSON.parse(line)).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
      service: 'gateway',
      requestId: 'e1b8d7a0-0000-4000-8000-000000000000',
      method: 'GET',
      path: '/api/x',
      status: 200,
      ms: 1.3,
      bytes: 7,
      client: '192.0.2.1',
      api: 'api',
      product: 'a "product"',
      msg: 'call',
    });
  });

  it.each([
    '/a"b',
    '/a\\',
    '/\u0000\u001b[31m',
    '/\r\n{"level":"error"}',
    '/\u2028é\ud800',
    '/\u007f',
  ])('stays one line whatever a path holds: %j', (path) => {
    const [line = ''] = linesOf('all', 'info', callOf(path));
    expect(line.indexOf('\n')).toBe(line.length - 1);
    expect(line).not.toContain('\u001b');
    expect((JSON.parse(line) as { path: string }).path).toBe(path);
  });

  it('tells what failed and why', () => {
    const [line = ''] = linesOf(
      'errors',
      'info',
      callOf('/ok'),
      callOf('/bad', { statusCode: 500 }),
    );
    expect(JSON.parse(line)).toMatchObject({
      level: 'warn',
      path: '/bad',
      errorSource: 's',
      errorReason: 'r',
      errorMessage: 'line\nbreak',
    });
  });

  it('is left out where the level or the setting says so', () => {
    expect(linesOf('off', 'info', callOf('/x'))).toEqual([]);
    expect(linesOf('all', 'warn', callOf('/x'))).toEqual([]);
    expect(linesOf('errors', 'info', callOf('/x'))).toEqual([]);
  });
});
