import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import type { Logger } from 'pino';
import { correlationOf, withCorrelation, type Correlation } from './correlation.js';
import { ErrorAnswer } from './error-answer.js';

/** The header that tells a caller under which id its call is found in logs. */
export const trackingHeader = 'x-ms-client-tracking-id';

/** What every Nest HTTP server of the product does: correlation, one access line a request, error bodies, limits. */
export function prepareHttp(
  app: NestExpressApplication,
  logger: Logger,
  bodyLimit: string | false,
): void {
  app.disable('x-powered-by');
  const server: Server = app.getHttpServer();
  app.use((request: Request, response: Response, next: NextFunction) => {
    const correlation = observeRequest(request, response, logger);
    response.setHeader(trackingHeader, correlation.correlationId);
    // A server that stops waits for its connections: who asks again at once, as long polls do, must let go of his.
    if (!server.listening) response.setHeader('connection', 'close');
    withCorrelation(correlation, next);
  });
  if (bodyLimit !== false) app.useBodyParser('json', { limit: bodyLimit, strict: false });
  app.useGlobalFilters(new ErrorAnswer(logger));
}

/**
 * Ties a request to its trace and writes its access line when it is over.
 * @returns the correlation that its work runs under
 */
export function observeRequest(
  request: IncomingMessage,
  response: ServerResponse,
  logger: Logger,
): Correlation {
  const correlation = correlationOf(request.headers);
  if (!logger.isLevelEnabled('info')) return correlation;
  const { method, url = '' } = request;
  const began = performance.now();
  response.on('close', () => {
    withCorrelation(correlation, () => {
      logger.info(
        {
          method,
          // The query is left out: callback URLs carry their signature there.
          path: url.split('?')[0],
          status: response.statusCode,
          ms: Math.round((performance.now() - began) * 10) / 10,
          ...(response.writableFinished ? {} : { aborted: true }),
        },
        'request',
      );
    });
  });
  return correlation;
}
