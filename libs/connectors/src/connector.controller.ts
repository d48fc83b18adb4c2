import { timingSafeEqual } from 'node:crypto';
import { Readable } from 'node:stream';
import { All, Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import { ServiceError } from '@isthmus/host';
import type { Request, Response } from 'express';
import type { Connection } from './connection.js';
import { ConnectorError, type Connector, type OperationAnswer } from './connector.js';

/** Injection token of {@link ConnectorSet}. */
export const CONNECTORS = Symbol('isthmus.connectors');

/** What an adapter serves. */
export interface ConnectorSet {
  readonly connectors: ReadonlyMap<string, Connector>;
  readonly connections: ReadonlyMap<string, Connection>;
  /** Callers must send `Authorization: Key <accessKey>`; absent: the network alone decides. */
  readonly accessKey?: string;
  /** Longest wait for a system's answer, in milliseconds. */
  readonly timeout: number;
  /** Largest request body, in bytes. */
  readonly largestBody: number;
}

/** Serves connector operations at `/apim/{connector}/{connection}{path}`. */
@Controller('apim')
export class ConnectorController {
  constructor(@Inject(CONNECTORS) private readonly set: ConnectorSet) {}

  @Get(':connector/swagger.json')
  swagger(@Param('connector') name: string): object {
    return this.#connector(name).swagger;
  }

  @All(':connector/:connection/*path')
  async call(
    @Param() params: { connector: string; connection: string },
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    this.#authorise(request);
    const connector = this.#connector(params.connector);
    const connection = this.set.connections.get(params.connection);
    if (connection?.connector !== connector.name) {
      throw new ServiceError(
        404,
        'ConnectionNotFound',
        `No connection '${params.connection}' of '${connector.name}'.`,
      );
    }
    const [target = '', query = ''] = request.originalUrl.split('?');
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    try {
      const answer = await connector.call({
        method: request.method,
        path: target
          .split('/')
          .slice(4)
          .map((part) => `/${part}`)
          .join(''),
        address: `${request.protocol}://${request.headers.host ?? ''}${target.split('/').slice(0, 4).join('/')}`,
        query: new URLSearchParams(query),
        headers: singleHeaders(request),
        body: await readBody(request, this.set.largestBody),
        connection,
        signal: AbortSignal.any([gone.signal, AbortSignal.timeout(this.set.timeout)]),
      });
      await send(answer, response);
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      throw new ServiceError(error.status, error.code, error.message);
    }
  }

  #connector(name: string): Connector {
    const connector = this.set.connectors.get(name);
    if (!connector) throw new ServiceError(404, 'ConnectorNotFound', `No connector '${name}'.`);
    return connector;
  }

  #authorise(request: Request): void {
    if (this.set.accessKey === undefined) return;
    const given = Buffer.from(/^Key (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '');
    const expected = Buffer.from(this.set.accessKey);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      throw new ServiceError(401, 'AuthenticationFailed', 'The access key is missing or wrong.');
    }
  }
}

function singleHeaders(request: Request): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

async function readBody(request: Request, largest: number): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largest)
      throw new ServiceError(413, 'RequestEntityTooLarge', `The body is over ${largest} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.from(Buffer.concat(chunks));
}

async function send(answer: OperationAnswer, response: Response): Promise<void> {
  response.status(answer.status);
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  const { body } = answer;
  if (body === undefined) response.end();
  else if (Buffer.isBuffer(body)) response.end(body);
  else if (body instanceof ReadableStream) {
    const stream = Readable.fromWeb(body as import('node:stream/web').ReadableStream);
    // A system that breaks off must not look like a complete answer.
    stream.on('error', () => response.destroy());
    stream.pipe(response);
  } else response.json(body);
}
