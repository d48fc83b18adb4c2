import { encodeContent, type ResponseMessage } from '@isthmus/workflow-engine';
import type { Response } from 'express';

/** Writes the answer of a run to its caller. @param headers that the answer's own ones win over */
export function sendAnswer(
  response: Response,
  answer: ResponseMessage,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.status(answer.statusCode);
  for (const [name, value] of Object.entries({ ...headers, ...answer.headers }))
    response.setHeader(name, headerText(value));
  if (answer.body === undefined || answer.body === null) {
    response.end();
    return;
  }
  const { bytes, contentType } = encodeContent(answer.body);
  if (contentType !== undefined && !response.hasHeader('content-type'))
    response.setHeader('content-type', contentType);
  response.end(bytes);
}

/** Values come from definitions and callers: what no header may hold, is percent-encoded. */
function headerText(value: string): string {
  return value.replaceAll(/[^\t\u0020-\u007e\u0080-\u00ff]/gu, (character) => {
    // A lone surrogate has no encoding.
    return character.isWellFormed() ? encodeURIComponent(character) : '?';
  });
}
