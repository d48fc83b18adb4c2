import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import type { Logger } from 'pino';
import { correlationOf, withCorrelation } from './correlation.js';
import { ErrorAnswer } from './error-answer.js';

/** What every Nest HTTP server of the product does: correlation, one access line a request, error bodies, limits. */
export function prepareHttp(
  app: NestExpressApplication,
  logger: Logger,
  bodyLimit: string | false,
): void {
  app.disable('x-powered-by');
  app.use((request: Request, response: Response, next: NextFunction) => {
    const correlation = correlationOf(request.headers);
    const began = performance.now();
    response.setHeader('x-ms-client-tracking-id', correlation.correlationId);
    response.on('close', () => {
      withCorrelation(correlation, () => {
        logger.info(
          {
            method: request.method,
            // The query is left out: callback URLs carry their signature there.
            path: request.originalUrl.split('?')[0],
            status: response.statusCode,
            ms: Math.round((performance.now() - began) * 10) / 10,
            ...(response.writableFinished ? {} : { aborted: true }),
          },
          'request',
        );
      });
    });
    withCorrelation(correlation, next);
  });
  if (bodyLimit !== false) app.useBodyParser('json', { limit: bodyLimit, strict: false });
  app.useGlobalFilters(new ErrorAnswer(logger));
}
