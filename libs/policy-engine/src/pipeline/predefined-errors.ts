import { Headers } from '../model/headers.js';
import { PolicyError } from './policy-error.js';

/** Errors of the gateway's built-in steps, with their wire texts (error handling page; apim-observed 1). */

/** No operation matches. Fails in section backend, after global inbound. */
export function operationNotFound(): PolicyError {
  return new PolicyError(
    'OperationNotFound',
    'Unable to match incoming request to an operation.',
    { statusCode: 404, message: 'Resource not found' },
    'configuration',
  );
}

/** `challenge`: value of WWW-Authenticate. */
export function subscriptionKeyNotFound(challenge: string): PolicyError {
  return new PolicyError(
    'SubscriptionKeyNotFound',
    'Access denied due to missing subscription key. Make sure to include subscription key when making requests to this API.',
    {
      statusCode: 401,
      message:
        'Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API.',
      headers: Headers.from([['WWW-Authenticate', challenge]]),
    },
    'authorization',
  );
}

/** `challenge`: value of WWW-Authenticate. */
export function subscriptionKeyInvalid(challenge: string): PolicyError {
  return new PolicyError(
    'SubscriptionKeyInvalid',
    'Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription.',
    {
      statusCode: 401,
      message:
        'Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription.',
      headers: Headers.from([['WWW-Authenticate', challenge]]),
    },
    'authorization',
  );
}
