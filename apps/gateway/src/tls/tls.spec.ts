import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import http2 from 'node:http2';
import https from 'node:https';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import net from 'node:net';
import { Duplex } from 'node:stream';
import tls from 'node:tls';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Resource } from '@isthmus/artifacts';
import { rawBackend, startGateway, talk, wideApi } from '../testing/start-gateway.js';
import type { RawBackend, RunningGateway } from '../testing/start-gateway.js';

const fixtures = fileURLToPath(new URL('./fixtures/', import.meta.url));
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

describe('the TLS listener', () => {
  let folder: string;
  let backend: RawBackend;
  let gateway: RunningGateway;
  let port: number;
  const seen: string[] = [];

  const more: Resource[] = [];
  async function start(...flags: string[]): Promise<void> {
    gateway = await startGateway(
      [...wideApi(backend.port), ...more],
      ['--tls-port=0', `--tls-folder=${folder}`, ...flags],
    );
    port = gateway.server.listening[0] ?? 0;
  }
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tls-'));
    for (const name of ['one', 'two'])
      for (const end of ['crt', 'key'])
        await copyFile(`${fixtures}${name}.${end}`, join(folder, `${name}.${end}`));
    seen.length = 0;
    more.length = 0;
    backend = await rawBackend((socket) =>
      socket.on('data', (chunk) => {
        seen.push(chunk.toString('latin1'));
        socket.write(ok);
      }),
    );
  });
  afterEach(async () => {
    await gateway.close();
    backend.close();
    await rm(folder, { recursive: true, maxRetries: 9 });
  });

  function subject(servername: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = tls.connect(
        { port, host: '127.0.0.1', servername, rejectUnauthorized: false },
        () => {
          resolve(String(socket.getPeerCertificate().subject.CN));
          socket.destroy();
        },
      );
      socket.on('error', reject);
    });
  }
  function call(options: https.RequestOptions): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      https
        .get(
          {
            port,
            host: '127.0.0.1',
            rejectUnauthorized: false,
            agent: false,
            path: '/api/x',
            ...options,
          },
          (response) => {
            response.resume();
            response.on('end', () => resolve(response));
          },
        )
        .on('error', reject);
    });
  }

  it('46 (CVE-2022-23632): chooses the certificate by server name, whatever its case and final dot', async () => {
    await start();
    expect(await subject('one.example')).toBe('one.example');
    expect(await subject('WWW.One.Example')).toBe('one.example');
    expect(await subject('shop.two.example')).toBe('two.example');
    expect(await subject('two.example.')).toBe('two.example');
    expect(await subject('unknown.example')).toBe('one.example');
  });

  it('shows the default certificate to callers who name no host, the newest', async () => {
    await start();
    const shown = (): Promise<string> => subject('');
    expect(await shown()).toBe('one.example');
    for (const end of ['crt', 'key'])
      await copyFile(`${fixtures}two.${end}`, join(folder, `default.${end}`));
    const late = performance.now() + 8000;
    while ((await shown()) !== 'two.example' && performance.now() < late) await wait(100);
    expect(await shown()).toBe('two.example');
    const raw = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
    raw.write('GET /api/x HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n');
    const answer = (await raw.toArray()).join('');
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  }, 15_000);

  it.each([
    [['http/1.1'], 'http/1.1'],
    [['h2'], 'h2'],
    [['http/1.1', 'h2'], 'h2'],
    [undefined, false],
    [['spdy/3'], 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL'],
  ])('agrees with callers who offer %j on %j', async (offered, agreed) => {
    await start();
    const spoken = await new Promise((resolve) => {
      const socket = tls.connect(
        {
          port,
          host: '127.0.0.1',
          servername: 'one.example',
          rejectUnauthorized: false,
          ...(offered === undefined ? {} : { ALPNProtocols: offered }),
        },
        () => {
          resolve(socket.alpnProtocol);
          socket.destroy();
        },
      );
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    });
    expect(spoken).toBe(agreed);
  });

  it('serves HTTPS with HSTS, and tells policies and callers the scheme', async () => {
    await start();
    const response = await call({ servername: 'one.example', headers: { Host: 'one.example' } });
    expect(response.statusCode).toBe(200);
    expect(response.headers['strict-transport-security']).toBe('max-age=31536000');
  });

  it('46 (CVE-2022-23632): answers 421 when the host belongs to another certificate', async () => {
    await start();
    expect(
      (await call({ servername: 'one.example', headers: { Host: 'two.example' } })).statusCode,
    ).toBe(421);
    expect(seen).toEqual([]);
  });

  it('refuses TLS 1.1', async () => {
    await start();
    await expect(
      call({
        servername: 'one.example',
        maxVersion: 'TLSv1.1',
        minVersion: 'TLSv1',
        ciphers: 'DEFAULT@SECLEVEL=0',
      }),
    ).rejects.toThrow(/protocol|EPROTO|alert/i);
  });

  it('F14: takes up new certificates without a restart, and keeps the last one when a new one is broken', async () => {
    await start();
    const before = (await readFile(join(folder, 'one.crt'), 'utf8')).length;
    expect(before).toBeGreaterThan(0);
    for (const end of ['crt', 'key'])
      await copyFile(`${fixtures}two.${end}`, join(folder, `three.example.${end}`));
    await wait(500);
    expect(await subject('three.example')).toBe('two.example');
    await writeFile(join(folder, 'one.key'), 'broken');
    await wait(500);
    expect(await subject('one.example')).toBe('one.example');
    expect(gateway.log.some((line) => line.message === 'a certificate does not load')).toBe(true);
  });

  it('serves HTTP/2', async () => {
    await start();
    const session = http2.connect(`https://127.0.0.1:${port}`, {
      rejectUnauthorized: false,
      servername: 'one.example',
    });
    const stream = session.request({
      ':path': '/api/x',
      ':method': 'POST',
      ':authority': 'one.example',
      'content-type': 'text/plain',
    });
    const status = await new Promise((resolve, reject) => {
      stream.on('response', (headers) => resolve(headers[':status'])).on('error', reject);
      stream.end('hello');
    });
    expect(status).toBe(200);
    stream.resume();
    await new Promise((resolve) => stream.on('end', resolve));
    session.close();
    expect(seen.join('')).toMatch(/^POST \/x HTTP\/1\.1[^]*hello/);
    expect(seen.join('')).not.toMatch(/^:/m);
  });

  it('tells a caller that resets its stream from a backend that breaks off', async () => {
    backend.close();
    backend = await rawBackend((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n');
      const timer = setInterval(() => socket.write('3\r\nabc\r\n'), 10);
      socket.on('close', () => clearInterval(timer));
    });
    await start();
    const session = http2.connect(`https://127.0.0.1:${port}`, {
      rejectUnauthorized: false,
      servername: 'one.example',
    });
    const stream = session.request({ ':path': '/api/x', ':authority': 'one.example' });
    await new Promise((resolve) => stream.once('data', resolve));
    stream.close(http2.constants.NGHTTP2_CANCEL);
    await wait(200);
    expect(backend.sockets.size).toBe(0);
    expect(gateway.log.at(-1)?.fields).toMatchObject({ aborted: 'client', status: 0 });
    session.close();
  });

  it('ignores offers to upgrade that are no WebSocket', async () => {
    await start();
    const headers = { Host: 'one.example', Connection: 'Upgrade', Upgrade: 'h2c' };
    expect((await call({ servername: 'one.example', headers })).statusCode).toBe(200);
    expect(seen.join('')).not.toMatch(/upgrade/i);
  });

  it('shows client certificates where it asks for them', async () => {
    await start('--tls-client-certificates=request');
    const cert = await readFile(`${fixtures}client.crt`);
    const key = await readFile(`${fixtures}client.key`);
    expect(
      (await call({ servername: 'one.example', headers: { Host: 'one.example' }, cert, key }))
        .statusCode,
    ).toBe(200);
    expect(
      (await call({ servername: 'one.example', headers: { Host: 'one.example' } })).statusCode,
    ).toBe(200);
  });

  it('ends the handshake without a trusted client certificate where it requires one', async () => {
    await start('--tls-client-certificates=require');
    await expect(call({ servername: 'one.example' })).rejects.toThrow(
      /certificate|socket|ECONNRESET|alert/i,
    );
  });

  describe('with client certificates by host name', () => {
    const shown = policyOf(
      '<set-header name="X-Shown"><value>@((context.Request.Certificate != null).ToString())</value></set-header>',
    );
    const asked = async (host: string, over: https.RequestOptions = {}): Promise<boolean> => {
      seen.length = 0;
      const cert = await readFile(`${fixtures}client.crt`);
      const key = await readFile(`${fixtures}client.key`);
      await call({ servername: host, headers: { Host: host }, cert, key, ...over });
      return /x-shown: true/i.test(seen.join(''));
    };
    beforeEach(() =>
      more.push({ id: '/policies/policy', properties: { format: 'rawxml', value: shown } }),
    );

    it('asks the callers of some host names only, in TLS 1.3 and 1.2', async () => {
      await start('--tls-client-certificate-hosts=two.example');
      for (const maxVersion of ['TLSv1.3', 'TLSv1.2'] as const) {
        expect(await asked('one.example', { maxVersion })).toBe(false);
        expect(await asked('two.example', { maxVersion })).toBe(true);
      }
    });

    it('requires one for some host names only', async () => {
      await start('--tls-client-certificate-hosts=two.example=require,one.example=request');
      expect(await asked('one.example')).toBe(true);
      await expect(call({ servername: 'two.example' })).rejects.toThrow(
        /certificate|socket|ECONNRESET|alert/i,
      );
      // Without a server name, or with another one, the usual mode holds, and the host is another's.
      const crossed = await call({ servername: 'one.example', headers: { Host: 'two.example' } });
      expect(crossed.statusCode).toBe(421);
    });

    it('answers 421 where two host names have one certificate but not one mode', async () => {
      await start('--tls-client-certificate-hosts=www.one.example=require');
      const headers = { Host: 'www.one.example' };
      expect((await call({ servername: 'one.example', headers })).statusCode).toBe(421);
    });

    it('46: reads the server name of a hello that comes byte by byte', async () => {
      await start('--tls-client-certificate-hosts=two.example=require');
      expect(await subjectInPieces(port, 'one.example')).toBe('one.example');
    });

    it('serves HTTP/2 to a host name with a mode of its own', async () => {
      await start('--tls-client-certificate-hosts=two.example');
      const session = http2.connect(`https://127.0.0.1:${port}`, {
        rejectUnauthorized: false,
        servername: 'two.example',
        cert: await readFile(`${fixtures}client.crt`),
        key: await readFile(`${fixtures}client.key`),
      });
      const stream = session.request({ ':path': '/api/x', ':authority': 'two.example' });
      const status = await new Promise((resolve, reject) =>
        stream.on('response', (headers) => resolve(headers[':status'])).on('error', reject),
      );
      session.close();
      expect([status, seen.join('')]).toEqual([200, expect.stringMatching(/x-shown: true/i)]);
    });

    describe('and authorities of their own', () => {
      const pair = async (name: string): Promise<https.RequestOptions> => ({
        cert: await readFile(`${fixtures}${name}.crt`),
        key: await readFile(`${fixtures}${name}.key`),
      });
      const status = async (host: string, name: string): Promise<number | undefined> =>
        (await call({ servername: host, headers: { Host: host }, ...(await pair(name)) }))
          .statusCode;
      beforeEach(async () => {
        await copyFile(`${fixtures}client.crt`, join(folder, 'one.ca'));
        await copyFile(`${fixtures}authority.crt`, join(folder, 'two.ca'));
      });

      it('lets those in whom the authorities of the host name vouch for', async () => {
        await start('--tls-client-certificates=require');
        expect(await status('one.example', 'client')).toBe(200);
        expect(await status('two.example', 'local')).toBe(200);
        await expect(status('one.example', 'local')).rejects.toThrow(/alert|ECONNRESET|socket/i);
        await expect(status('two.example', 'client')).rejects.toThrow(/alert|ECONNRESET|socket/i);
        const crossed = { servername: 'one.example', headers: { Host: 'two.example' } };
        expect((await call({ ...crossed, ...(await pair('client')) })).statusCode).toBe(421);
      });

      it.each(['TLSv1.2', 'TLSv1.3'] as const)(
        '46: resumes no session of one host name at another (%s)',
        async (version) => {
          await start('--tls-client-certificates=require');
          const options = { port, host: '127.0.0.1', rejectUnauthorized: false };
          const reach = async (servername: string, session?: Buffer): Promise<[string, Buffer]> => {
            const own = session ? {} : ((await pair('client')) as tls.ConnectionOptions);
            return new Promise((resolve) => {
              let ticket: Buffer = Buffer.alloc(0);
              let text = '';
              const socket = tls.connect({
                ...options,
                ...own,
                servername,
                maxVersion: version,
                ...(session ? { session } : {}),
              });
              socket.on('session', (one: Buffer) => (ticket = one));
              socket.on('data', (chunk) => {
                text += chunk.toString('latin1');
                setTimeout(() => socket.destroy(), 100);
              });
              socket.on('error', () => {}).on('close', () => resolve([text, ticket]));
              socket.write(`GET /api/x HTTP/1.1\r\nHost: ${servername}\r\n\r\n`);
            });
          };
          const [first, session] = await reach('one.example');
          expect(first).toMatch(/^HTTP\/1\.1 200/);
          expect(session.length).toBeGreaterThan(0);
          expect((await reach('one.example', session))[0]).toMatch(/^HTTP\/1\.1 200/);
          expect((await reach('two.example', session))[0]).toBe('');
        },
      );

      it('keeps the last certificate when its authorities cannot be read', async () => {
        await start('--tls-client-certificates=require');
        await writeFile(join(folder, 'one.ca'), 'no certificate');
        await wait(700);
        expect(JSON.stringify(gateway.log)).toContain('The .ca file holds no certificate.');
        expect(await status('one.example', 'client')).toBe(200);
      });
    });

    it('refuses to start with a mode that does not exist', async () => {
      await start();
      await expect(
        startGateway(
          [],
          ['--tls-port=0', `--tls-folder=${folder}`, '--tls-client-certificate-hosts=a=always'],
        ),
      ).rejects.toThrow("'a=always' is no <host name>=ignore|request|require");
    });
  });

  describe('with host names of the configuration', () => {
    const hostName = (properties: object): Resource => ({
      id: '/gateways/managed/hostnameConfigurations/shop',
      properties: { hostname: 'Shop.Example', certificateId: '/certificates/shop', ...properties },
    });
    const certificate = async (password = 'two-secret'): Promise<Resource> => ({
      id: '/certificates/shop',
      properties: { data: (await readFile(`${fixtures}two.pfx`)).toString('base64'), password },
    });

    it('F14: serves them with certificates of the catalog (PKCS 12), and forgets them without a restart', async () => {
      more.push(hostName({}), await certificate());
      await start();
      expect(await subject('shop.example')).toBe('two.example');
      expect(await subject('one.example')).toBe('one.example');
      const headers = { Host: 'shop.example' };
      expect((await call({ servername: 'shop.example', headers })).statusCode).toBe(200);
      gateway.publish(wideApi(backend.port));
      expect(await subject('shop.example')).toBe('one.example');
    });

    it('asks for client certificates where the host name says so', async () => {
      more.push(hostName({ negotiateClientCertificate: true }), await certificate(), {
        id: '/policies/policy',
        properties: {
          format: 'rawxml',
          value: policyOf(
            '<choose><when condition="@(context.Request.Certificate == null)"><return-response><set-status code="403"/></return-response></when></choose>',
          ),
        },
      });
      await start();
      const cert = await readFile(`${fixtures}client.crt`);
      const key = await readFile(`${fixtures}client.key`);
      const shop = { servername: 'shop.example', headers: { Host: 'shop.example' } };
      expect((await call({ ...shop, cert, key })).statusCode).toBe(200);
      expect((await call(shop)).statusCode).toBe(403);
      const one = { servername: 'one.example', headers: { Host: 'one.example' } };
      expect((await call({ ...one, cert, key })).statusCode).toBe(403);
    });

    describe('whose callers show certificates', () => {
      const verified =
        '<choose><when condition="@(context.Request.Certificate == null || !context.Request.Certificate.Verify())"><return-response><set-status code="403"/></return-response></when></choose>';
      const authority = async (name: string): Promise<Resource> => ({
        id: `/certificates/${name}`,
        properties: { data: (await readFile(`${fixtures}${name}.crt`)).toString('base64') },
      });
      const status = async (name: string): Promise<number | undefined> => {
        const cert = await readFile(`${fixtures}${name}.crt`);
        const key = await readFile(`${fixtures}${name}.key`);
        const headers = { Host: 'shop.example' };
        return (await call({ servername: 'shop.example', headers, cert, key })).statusCode;
      };
      beforeEach(async () => {
        more.push(await certificate(), await authority('authority'), await authority('client'), {
          id: '/policies/policy',
          properties: { format: 'rawxml', value: policyOf(verified) },
        });
      });

      it('trusts the authorities of the host name', async () => {
        const negotiateClientCertificate = true;
        more.push(
          hostName({
            negotiateClientCertificate,
            clientCertificateAuthorityIds: ['/certificates/authority'],
          }),
        );
        await start();
        expect(gateway.server.model?.failed).toEqual([]);
        expect([await status('local'), await status('client')]).toEqual([200, 403]);
      });

      it('trusts the authorities of the gateway where the host name has none', async () => {
        more.push(hostName({ negotiateClientCertificate: true }), {
          id: '/gateways/managed/certificateAuthorities/authority',
          properties: { isTrusted: true },
        });
        await start();
        expect([await status('local'), await status('client')]).toEqual([200, 403]);
      });

      it('tells of authorities that do not exist', async () => {
        more.push(hostName({ clientCertificateAuthorityIds: ['/certificates/none'] }), {
          id: '/gateways/managed/certificateAuthorities/nobody',
          properties: { isTrusted: true },
        });
        await start();
        const { failed } = gateway.publish([...wideApi(backend.port), ...more]);
        expect(failed.map((one) => one.problems[0]?.message)).toEqual([
          "There is no certificate 'nobody'.",
          "There is no certificate '/certificates/none'.",
        ]);
      });
    });

    it.each([
      ['a wrong password', async () => [hostName({}), await certificate('wrong')]],
      ['a certificate that does not exist', async () => [hostName({})]],
      ['no hostname', async () => [hostName({ hostname: null }), await certificate()]],
    ])('tells of %s and serves the rest', async (_name, resources) => {
      more.push(...(await resources()));
      await start();
      const model = gateway.publish([...wideApi(backend.port), ...more]);
      expect(model.failed.map((one) => one.id)).toContain(
        '/gateways/managed/hostnameConfigurations/shop',
      );
      expect(await subject('one.example')).toBe('one.example');
    });
  });

  it('refuses plain HTTP in production unless it is told otherwise', async () => {
    await start('--environment=production');
    const get = 'GET /api/x HTTP/1.1\r\nHost: one.example\r\n\r\n';
    expect((await talk(gateway.port, get)).text).toMatch(/^HTTP\/1\.1 403/);
    expect(seen).toEqual([]);
    expect(
      (await call({ servername: 'one.example', headers: { Host: 'one.example' } })).statusCode,
    ).toBe(200);
  });

  it('refuses or redirects plain HTTP where it is told to', async () => {
    await start('--plain-http=redirect', '--tls-port=0');
    const plain = gateway.port;
    const get = 'GET /api/x?a=1 HTTP/1.1\r\nHost: one.example\r\n\r\n';
    expect((await talk(plain, get)).text).toMatch(
      /^HTTP\/1\.1 308[^]*Location: https:\/\/one\.example(:0)?\/api\/x\?a=1/,
    );
    expect((await talk(plain, get.replace('GET', 'POST'))).text).toMatch(/^HTTP\/1\.1 403/);
    expect(
      (await talk(plain, 'GET /status-0123456789abcdef HTTP/1.1\r\nHost: a\r\n\r\n')).text,
    ).toMatch(/^HTTP\/1\.1 200/);
    expect(seen).toEqual([]);
  });
});

function policyOf(inbound: string): string {
  return `<policies><inbound>${inbound}</inbound><backend><forward-request/></backend><outbound/><on-error/></policies>`;
}

/** The subject of the certificate that a server shows when every byte of the hello is its own packet. */
async function subjectInPieces(port: number, servername: string): Promise<string> {
  const socket = net.connect(port, '127.0.0.1');
  socket.setNoDelay(true);
  const pieces = new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _encoding, done) {
      void (async () => {
        for (const byte of chunk) {
          socket.write(Buffer.of(byte));
          await new Promise((resolve) => setImmediate(resolve));
        }
        done();
      })();
    },
  });
  socket.on('data', (chunk) => pieces.push(chunk)).on('error', (error) => pieces.destroy(error));
  return new Promise((resolve, reject) => {
    const secure = tls.connect({ socket: pieces, servername, rejectUnauthorized: false }, () => {
      resolve(String(secure.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    secure.on('error', reject);
  });
}
