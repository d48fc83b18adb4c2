import { EvaluationError } from '@isthmus/policy-expressions';
import { BodyRoomError, BodyTooLargeError } from '../model/body.js';
import { Headers } from '../model/headers.js';
import { JsonBoundError } from '../values/bounded-json.js';
import { TransportError } from '../ports/http.js';
import { PolicyError } from './policy-error.js';
import type { Section } from './scope.js';

/** Whatever a step threw as an error with a reason. Bodies of callers may be too large; in outbound it is the backend's. */
export function toPolicyError(error: unknown, section?: Section): PolicyError {
  if (error instanceof PolicyError) return error;
  if (error instanceof TransportError) return new PolicyError(error.reason, error.message);
  if (error instanceof BodyTooLargeError) {
    const isAnswer = section === 'outbound';
    return new PolicyError(
      'MessageBodyTooLarge',
      error.message,
      isAnswer ? undefined : { statusCode: 413, message: error.message },
    );
  }
  if (error instanceof BodyRoomError)
    return new PolicyError('MessageBodyNoRoom', error.message, {
      statusCode: 503,
      message: error.message,
      headers: Headers.from([['Retry-After', '1']]),
    });
  if (error instanceof JsonBoundError)
    return new PolicyError(
      'MessageBodyTooLarge',
      error.message,
      section === 'outbound' ? undefined : { statusCode: 400, message: error.message },
    );
  const failure = new PolicyError(
    'InternalError',
    error instanceof Error ? error.message : String(error),
  );
  failure.cause = error;
  return failure;
}

/** The failure of an expression (apim-observed 1.3); bodies that cannot be read stay what they are. */
export function expressionFailure(message: string, cause?: unknown): Error {
  const origin = cause instanceof EvaluationError ? cause.cause : cause;
  if (origin instanceof BodyTooLargeError || origin instanceof BodyRoomError) return origin;
  const failure = new PolicyError(
    'ExpressionValueEvaluationFailure',
    `Expression evaluation failed. ${message}`,
  );
  failure.cause = cause;
  return failure;
}
