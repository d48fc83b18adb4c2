import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import type { ResponseMessage } from '@isthmus/workflow-engine';
import { sendAnswer } from './send-answer.js';

async function answered(
  answer: ResponseMessage,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; headers: Record<string, string>; body: string }> {
  const server = createServer((_, response) => sendAnswer(response, answer, headers));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
    };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe('the answer to a caller', () => {
  it('has the length and type of its text, and the headers of the run', async () => {
    const answer = { statusCode: 201, headers: { 'X-Mine': 'a' }, body: { a: 'ü' } };
    expect(await answered(answer, { 'x-ms-id': '1' })).toMatchObject({
      status: 201,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'content-length': '10',
        'x-mine': 'a',
        'x-ms-id': '1',
      },
      body: '{"a":"ü"}',
    });
  });

  it('keeps its own headers where the run has the same, in any case', async () => {
    const answer = {
      statusCode: 200,
      headers: { 'X-Ms-Id': 'own', 'Content-Type': 'text/csv' },
      body: 'a,b',
    };
    const { headers } = await answered(answer, { 'x-ms-id': 'run' });
    expect([headers['x-ms-id'], headers['content-type']]).toEqual(['own', 'text/csv']);
  });

  it('writes bytes above ASCII in a header as they are, before a text body too', async () => {
    const { headers, body } = await answered({
      statusCode: 200,
      headers: { 'X-Name': 'é', 'X-Far': '漢' },
      body: 'é',
    });
    expect([headers['x-name'], headers['x-far'], body]).toEqual(['é', '%E6%BC%A2', 'é']);
  });

  it('sends the bytes of an envelope, and nothing for null', async () => {
    const envelope = { '$content-type': 'image/png', $content: 'AAEC' };
    const image = await answered({ statusCode: 200, headers: {}, body: envelope });
    expect([image.headers['content-type'], image.headers['content-length']]).toEqual([
      'image/png',
      '3',
    ]);
    const empty = await answered({ statusCode: 202, headers: {}, body: null });
    expect([empty.headers['content-type'], empty.headers['content-length']]).toEqual([
      undefined,
      '0',
    ]);
  });
});
