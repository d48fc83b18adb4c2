import { parseBaseUrl } from '@isthmus/policy-engine';
import type { UrlBase } from '@isthmus/policy-engine';

/** The parts of a service URL. Throws an Error that names the URL when it is no absolute http(s) or ws(s) one. */
export function readServiceUrl(text: string): UrlBase {
  if (!URL.canParse(text) || !/^(https?|wss?):/i.test(text))
    throw new Error(`'${text}' is no absolute URL of a service.`);
  return parseBaseUrl(text);
}
