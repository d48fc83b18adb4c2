import { register } from 'prom-client';
import type { FinishedCall } from '../handle-request.js';
import { countCall } from './metrics.js';

const operation = { info: { id: 'get' } };
const api = { info: { id: 'orders' } };

function finished(statusCode: number, duration: number, routed: object): FinishedCall {
  return { routed, statusCode, duration } as unknown as FinishedCall;
}

describe('metrics of calls', () => {
  it('are counted by API, operation and status class, with a histogram for each API', async () => {
    countCall(finished(200, 0.5, { api, operation }));
    countCall(finished(204, 7, { api, operation }));
    countCall(finished(503, 20_000, { api, operation }));
    // Another configuration: other objects, the same names.
    countCall(finished(0, 1, { api: { ...api }, operation: { ...operation } }));
    countCall(finished(404, 1, {}));
    const text = await register.metrics();
    for (const line of [
      'isthmus_gateway_calls_total{api="orders",operation="get",status="2xx"} 2',
      'isthmus_gateway_calls_total{api="orders",operation="get",status="5xx"} 1',
      'isthmus_gateway_calls_total{api="orders",operation="get",status="0"} 1',
      'isthmus_gateway_calls_total{api="",operation="",status="4xx"} 1',
      '# TYPE isthmus_gateway_call_seconds histogram',
      'isthmus_gateway_call_seconds_bucket{le="0.001",api="orders"} 2',
      'isthmus_gateway_call_seconds_bucket{le="0.01",api="orders"} 3',
      'isthmus_gateway_call_seconds_bucket{le="10",api="orders"} 3',
      'isthmus_gateway_call_seconds_bucket{le="+Inf",api="orders"} 4',
      'isthmus_gateway_call_seconds_count{api="orders"} 4',
    ])
      expect(text.split('\n')).toContain(line);
    expect(/isthmus_gateway_call_seconds_sum\{api="orders"\} (\S+)/.exec(text)?.[1]).toMatch(
      /^20\.008/,
    );
  });
});
