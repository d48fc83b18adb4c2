import { rawBackend, startGateway, talk, wideApi } from '../testing/start-gateway.js';
import type { RawBackend, RunningGateway } from '../testing/start-gateway.js';
import type { CallTrace } from './call-traces.js';
import { readCredential, signCredential } from './debug-credential.js';

const secret = 'a-secret-of-this-test';
const soon = (): number => Date.now() + 60_000;

describe('debug credentials', () => {
  it('hold until they expire', () => {
    const token = signCredential({ expires: 2000, apiId: 'x' }, secret);
    expect(readCredential(token, secret, 1000)).toEqual({ expires: 2000, apiId: 'x' });
    expect(readCredential(token, secret, 2000)).toBe('expired');
  });
  it.each(['', '.', 'a.b', 'a.b.c', 'e30.', signCredential({ expires: 1e15 }, secret)])(
    'are worth nothing when they are %j',
    (token) => expect(readCredential(token, secret, 1000)).toBe('invalid'),
  );
  it('are worth nothing with another secret or another content', () => {
    const token = signCredential({ expires: 2000 }, secret);
    expect(readCredential(token, 'other', 1000)).toBe('invalid');
    const forged = `${Buffer.from('{"expires":9999}').toString('base64url')}.${token.split('.')[1]}`;
    expect(readCredential(forged, secret, 1000)).toBe('invalid');
  });
});

describe('the trace of a call', () => {
  let backend: RawBackend;
  let gateway: RunningGateway;
  const seen: string[] = [];
  beforeAll(async () => {
    backend = await rawBackend((socket) =>
      socket.on('data', (chunk) => {
        seen.push(chunk.toString('latin1'));
        socket.write('HTTP/1.1 200 OK\r\nSet-Cookie: s=secret\r\nContent-Length: 2\r\n\r\nok');
      }),
    );
    gateway = await startGateway(wideApi(backend.port), [`--trace-secret=${secret}`]);
  });
  afterAll(async () => {
    await gateway.close();
    backend.close();
  });

  async function call(
    path: string,
    credential: string,
    ...fields: string[]
  ): Promise<{ text: string; trace: CallTrace | undefined }> {
    const { text } = await talk(
      gateway.port,
      [
        `GET ${path} HTTP/1.1`,
        'Host: gateway.example',
        `Apim-Debug-Authorization: ${credential}`,
        ...fields,
        '',
        '',
      ].join('\r\n'),
      60,
    );
    const id = /Apim-Trace-Id: (\S+)/i.exec(text)?.[1];
    if (id === undefined) return { text, trace: undefined };
    const answer = await talk(
      gateway.port,
      `GET /trace-0123456789abcdef/${id} HTTP/1.1\r\nHost: a\r\nApim-Debug-Authorization: ${credential}\r\n\r\n`,
      60,
    );
    return {
      text,
      trace: JSON.parse(answer.text.slice(answer.text.indexOf('\r\n\r\n') + 4)) as CallTrace,
    };
  }
  const sources = (trace: CallTrace | undefined): string[] =>
    Object.values(trace?.traceEntries ?? {}).flatMap((entries) =>
      entries.map((entry) => entry.source),
    );

  it('shows every step for a holder of a credential', async () => {
    const { trace } = await call('/api/x?a=1', signCredential({ expires: soon() }, secret));
    expect(sources(trace).slice(0, 2)).toEqual(['api-inspector', 'api-inspector']);
    expect(sources(trace)).toContain('forward-request');
    expect(sources(trace).at(-1)).toBe('transfer-response');
  });
  it('shows steps that tell nothing of themselves, and the backend that was chosen without its credentials', async () => {
    const policy =
      '<policies><inbound><set-variable name="a" value="b"/><choose><when condition="@(true)"><set-backend-service backend-id="one"/></when></choose></inbound><backend><forward-request/></backend><outbound/><on-error/></policies>';
    gateway.publish([
      ...wideApi(backend.port, policy),
      {
        id: '/backends/one',
        properties: {
          url: `http://127.0.0.1:${backend.port}/base`,
          protocol: 'http',
          credentials: { query: { key: ['backend-secret'] } },
        },
      },
    ]);
    const { trace } = await call('/api/x', signCredential({ expires: soon() }, secret));
    gateway.publish(wideApi(backend.port));
    const text = JSON.stringify(trace);
    expect(sources(trace)).toEqual(
      expect.arrayContaining(['set-variable', 'set-backend-service', 'forward-request']),
    );
    expect(text).toContain(
      `"backend":{"id":"one","url":"http://127.0.0.1:${backend.port}/base/x"}`,
    );
    expect(text).not.toContain('backend-secret');
  });
  it('31: holds no secrets, and the credential does not reach the backend', async () => {
    const token = signCredential({ expires: soon() }, secret);
    seen.length = 0;
    const { trace } = await call(
      '/api/x?sig=topsecret&b=2',
      token,
      'Authorization: Bearer abcdefghijklmnop',
      'Cookie: c=hidden',
    );
    const text = JSON.stringify(trace);
    for (const value of ['topsecret', 'abcdefghijklmnop', 'c=hidden', 's=secret', token])
      expect(text).not.toContain(value);
    expect(text).toContain('b=2');
    expect(seen.join('')).not.toMatch(/apim-debug/i);
  });
  it('tells why nothing matched', async () => {
    const { text, trace } = await call('/nowhere', signCredential({ expires: soon() }, secret));
    expect(text).toContain('HTTP/1.1 404');
    expect(JSON.stringify(trace)).toContain('no API has this path');
    expect(JSON.stringify(trace)).toContain(
      'Unable to identify Api or Operation for this request.',
    );
  });
  it('31: is not recorded for anybody else', async () => {
    expect((await call('/api/x', 'made.up')).text).not.toMatch(/apim-/i);
    expect(
      (await call('/api/x', signCredential({ expires: Date.now() - 1 }, secret))).text,
    ).toMatch(/Apim-Debug-Authorization-Expired: true/i);
    expect(
      (await call('/api/x', signCredential({ expires: soon(), apiId: 'other' }, secret))).text,
    ).toMatch(/Apim-Debug-Authorization-WrongAPI: true/i);
  });
  it('cannot be read without a credential', async () => {
    const { text } = await talk(
      gateway.port,
      'GET /trace-0123456789abcdef/x HTTP/1.1\r\nHost: a\r\n\r\n',
      60,
    );
    expect(text).toContain('HTTP/1.1 404');
  });
});
