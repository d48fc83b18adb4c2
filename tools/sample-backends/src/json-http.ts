import type { IncomingMessage, ServerResponse } from 'node:http';

/** A request as the sample systems see it. */
export interface JsonRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** What a handler answers. */
export interface JsonAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const largestBody = 1024 * 1024;

/** Reads the request, answers what the handler says, and turns its failures into problem documents. */
export function jsonHandler(handle: (request: JsonRequest) => JsonAnswer | Promise<JsonAnswer>) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    void answer(request, handle).then(({ status, body, headers }) => {
      const type = status >= 400 ? 'application/problem+json' : 'application/json';
      response.writeHead(status, {
        ...(body === undefined ? {} : { 'content-type': type }),
        ...headers,
      });
      response.end(body === undefined ? undefined : JSON.stringify(body));
    });
  };
}

async function answer(
  request: IncomingMessage,
  handle: (request: JsonRequest) => JsonAnswer | Promise<JsonAnswer>,
): Promise<JsonAnswer> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBody) return problem(413, 'Content Too Large', 'The body is over 1 MiB.');
    chunks.push(chunk);
  }
  try {
    return await handle({
      method: request.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      text: Buffer.concat(chunks).toString('utf8'),
    });
  } catch (error) {
    return problem(
      500,
      'Internal Server Error',
      error instanceof Error ? error.message : String(error),
    );
  }
}

/** An error document (RFC 9457). */
export function problem(
  status: number,
  title: string,
  detail: string,
  extra: object = {},
): JsonAnswer {
  return { status, body: { type: 'about:blank', title, status, detail, ...extra } };
}

/** Parses a JSON body; undefined when it is not JSON. */
export function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
