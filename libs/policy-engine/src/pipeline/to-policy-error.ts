import { BodyTooLargeError } from '../model/body.js';
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
