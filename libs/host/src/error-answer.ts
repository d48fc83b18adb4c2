import type { ServerResponse } from 'node:http';
import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { ErrorBody } from '@isthmus/contracts';
import type { Logger } from 'pino';
import { ContractViolation } from './contract-route.js';
import { currentCorrelation } from './correlation.js';

const codes: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'AuthenticationFailed',
  403: 'AuthorizationFailed',
  404: 'ResourceNotFound',
  405: 'MethodNotAllowed',
  409: 'Conflict',
  412: 'PreconditionFailed',
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
  429: 'TooManyRequests',
  503: 'ServiceUnavailable',
};

/** An error with the status and code that its caller must see; thrown by rules, answered by the host. */
export class ServiceError extends HttpException {
  constructor(
    status: number,
    readonly code: string,
    message: string,
    readonly details?: ErrorBody['error']['details'],
  ) {
    super(message, status);
  }
}

/**
 * Writes every failure as `{ error: { code, message, details? } }`, the shape of Azure Resource
 * Manager. What is not an expected error is logged and answered without its message, which may
 * hold secrets; the activity id leads from the answer to the log line.
 */
@Catch()
export class ErrorAnswer implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const { path } = http.getRequest<Request>();
    answerError(error, { response: http.getResponse<Response>(), path, logger: this.logger });
  }
}

/** Answers a request that failed as {@link ErrorAnswer} does, where Nest does not see it. */
export function answerError(
  error: unknown,
  at: { readonly response: ServerResponse; readonly path: string; readonly logger: Logger },
): void {
  const { response, path, logger } = at;
  const status = statusOf(error);
  if (status >= 500) logger.error({ err: error, path }, 'request failed');
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = JSON.stringify(bodyOf(error, status));
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  // Express's body parser throws plain errors that carry a status (malformed JSON, too large).
  const status = (error as { status?: unknown } | undefined)?.status;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}

function bodyOf(error: unknown, status: number): ErrorBody {
  const message = error instanceof Error ? error.message : 'Unknown failure';
  if (error instanceof ServiceError) {
    const { code, details } = error;
    return { error: { code, message, ...(details ? { details } : {}) } };
  }
  if (error instanceof ContractViolation) {
    return { error: { code: 'ValidationError', message, details: [...error.details] } };
  }
  if (status >= 500 && !(error instanceof HttpException)) {
    const activity = currentCorrelation()?.correlationId ?? 'unknown';
    return {
      error: {
        code: 'InternalServerError',
        message: `Internal server error. Activity id: ${activity}`,
      },
    };
  }
  return { error: { code: codes[status] ?? 'RequestFailed', message } };
}
