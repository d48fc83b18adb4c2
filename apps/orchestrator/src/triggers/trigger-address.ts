import { ServiceError } from '@isthmus/host';
import { urlCredentials, urlParameters, type UrlCredentials } from './callback-url.js';

/** What stands in the URL of a call, beside the credentials: for the trigger or callback to see. */
export interface CalledUrl {
  /** Decoded, without those that belong to the URL itself. */
  readonly queries: Readonly<Record<string, string>>;
  /** What stands behind `/invoke`, still encoded. */
  readonly relativePath?: string;
}

/** The URL of a request trigger, taken apart. */
export interface TriggerAddress extends CalledUrl {
  /** Its name; in the form of Consumption its id. */
  readonly workflow: string;
  /** The URL has the form of Consumption. */
  readonly byId: boolean;
  readonly trigger: string;
  readonly credentials: UrlCredentials;
}

const standard = /^\/api\/([^/]+)\/triggers\/([^/]+)\/invoke(\/.*)?$/i;
const consumption = /^\/workflows\/([0-9a-f]{32})\/triggers\/([^/]+)\/paths\/invoke(\/.*)?$/i;
const beginning = /^(?:https?:\/\/[^/]+)?\/(?:api|workflows)\//i;

/**
 * Reads `/api/{workflow}/triggers/{trigger}/invoke[/{relativePath}]`, and the form of Consumption:
 * `/workflows/{id}/triggers/{trigger}/paths/invoke[/{relativePath}]`.
 * @returns undefined for every other address
 * @throws ServiceError 400 when the address is none, or a name in it is not encoded as URLs are
 */
export function triggerAddress(target: string): TriggerAddress | undefined {
  if (!beginning.test(target)) return undefined;
  const url = URL.parse(target, 'http://localhost');
  if (!url) throw noAddress();
  const named = standard.exec(url.pathname);
  const match = named ?? consumption.exec(url.pathname);
  if (!match) return undefined;
  const [, workflow = '', trigger = '', relativePath] = match;
  return {
    workflow: decoded(workflow),
    byId: named === null,
    trigger: decoded(trigger),
    queries: ownQueries(url.searchParams),
    ...(relativePath === undefined ? {} : { relativePath }),
    credentials: urlCredentials(url.searchParams),
  };
}

/** The queries of a call that are meant for whoever is called. */
export function ownQueries(query: URLSearchParams): Record<string, string> {
  return Object.fromEntries([...query].filter(([name]) => !urlParameters.has(name)));
}

function decoded(name: string): string {
  let text: string;
  try {
    text = decodeURIComponent(name);
  } catch {
    throw new ServiceError(400, 'BadRequest', `The address holds '${name}', which is not encoded.`);
  }
  if (text.includes('\0')) throw holdsNul();
  return text;
}

/**
 * What is asked for by other addresses than those of triggers: PostgreSQL keeps no U+0000, so no name and no filter
 * has it. The queries of a callback are its action's.
 * @throws ServiceError 400 when the address is none
 */
export function assertSound(target: string): void {
  if (target !== '*' && !URL.canParse(target, 'http://localhost')) throw noAddress();
  const names = /^\/api\//i.test(target) ? target.replace(/\?.*/s, '') : target;
  if (names.includes('%00')) throw holdsNul();
}

function noAddress(): ServiceError {
  return new ServiceError(400, 'BadRequest', 'The address of the call is none.');
}

function holdsNul(): ServiceError {
  return new ServiceError(400, 'BadRequest', 'The address holds the character U+0000.');
}
