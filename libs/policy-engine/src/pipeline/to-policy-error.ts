import { BodyTooLargeError } from '../model/body.js';
import { TransportError } from '../ports/http.js';
import { PolicyError } from './policy-error.js';

/** Whatever a step threw as an error with a reason. */
export function toPolicyError(error: unknown): PolicyError {
  if (error instanceof PolicyError) return error;
  if (error instanceof TransportError) return new PolicyError(error.reason, error.message);
  if (error instanceof BodyTooLargeError) {
    return new PolicyError('MessageBodyTooLarge', error.message, {
      statusCode: 413,
      message: error.message,
    });
  }
  const failure = new PolicyError(
    'InternalError',
    error instanceof Error ? error.message : String(error),
  );
  failure.cause = error;
  return failure;
}

/** The failure of an expression (apim-observed 1.3). */
export function expressionFailure(message: string, cause?: unknown): PolicyError {
  const failure = new PolicyError(
    'ExpressionValueEvaluationFailure',
    `Expression evaluation failed. ${message}`,
  );
  failure.cause = cause;
  return failure;
}
