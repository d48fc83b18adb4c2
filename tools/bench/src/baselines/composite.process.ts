import { createServer } from 'node:http';
import { Pool } from 'undici';
import { announce } from './announce.js';

/** The composite call as somebody writes it for this one purpose: two calls in parallel, a join, an answer. */
const [, , backend = ''] = process.argv;
const pool = new Pool(backend, { connections: 256, pipelining: 1, keepAliveTimeout: 300_000 });

announce(
  createServer((request, response) => {
    request.resume();
    Promise.all([get('/customers/1'), get('/orders/1')]).then(
      ([customer, order]) => {
        const body = JSON.stringify({
          customer: customer.id,
          order: order.id,
          text: `order ${order.id} of ${customer.id}`,
        });
        response
          .writeHead(200, [
            ...['Content-Type', 'application/json'],
            ...['Content-Length', String(Buffer.byteLength(body))],
          ])
          .end(body);
      },
      () => response.writeHead(502).end(),
    );
  }),
);

async function get(path: string): Promise<{ id: number }> {
  const { body } = await pool.request({ method: 'GET', path });
  return (await body.json()) as { id: number };
}
