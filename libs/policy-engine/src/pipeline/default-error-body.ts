import { Body } from '../model/body.js';
import type { PolicyError } from './policy-error.js';

/** The default body of an error, byte for byte as on the service (apim-semantics 3.2). */
export function defaultErrorBody({ answer, message }: PolicyError, requestId: string): Body {
  const activity = answer.statusCode === 500 ? `, "activityId": "${requestId}"` : '';
  return Body.fromText(
    `{ "statusCode": ${answer.statusCode}, "message": ${JSON.stringify(answer.message ?? message)}${activity} }`,
  );
}
