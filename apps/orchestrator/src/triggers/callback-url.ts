import { createHmac, timingSafeEqual } from 'node:crypto';

/** API version that stands in callback URLs of Standard workflows. */
const apiVersion = '2022-05-01';
const signatureVersion = '1.0';

/** What a callback URL permits, and with which key. */
export interface CallbackGrant {
  /** `sp`: such as `/triggers/manual/run`. */
  readonly permission: string;
  /** `se`: end of validity as ISO time; absent: until the key is regenerated. */
  readonly expires?: string;
}

/** The query of a callback URL: `api-version`, `sp`, `sv`, `sig` and, time-limited, `se`. */
export function signedQuery(key: string, workflow: string, grant: CallbackGrant): URLSearchParams {
  return new URLSearchParams({
    'api-version': apiVersion,
    ...(grant.expires === undefined ? {} : { se: grant.expires }),
    sp: grant.permission,
    sv: signatureVersion,
    sig: signature(key, workflow, grant),
  });
}

/** Whether a query was signed for this permission by one of the keys and is still valid. */
export function isGranted(
  query: URLSearchParams,
  workflow: string,
  permission: string,
  { keys, now }: { readonly keys: readonly string[]; readonly now: number },
): boolean {
  const expires = query.get('se') ?? undefined;
  const given = Buffer.from(query.get('sig') ?? '');
  // `!(a > b)` so that a date that is none counts as ended.
  if (expires !== undefined && !(Date.parse(expires) > now)) return false;
  if (query.get('sp') !== permission || query.get('sv') !== signatureVersion) return false;
  const grant = { permission, ...(expires === undefined ? {} : { expires }) };
  return keys
    .map((key) => Buffer.from(signature(key, workflow, grant)))
    .map((expected) => expected.length === given.length && timingSafeEqual(expected, given))
    .some(Boolean);
}

function signature(
  key: string,
  workflow: string,
  { permission, expires = '' }: CallbackGrant,
): string {
  return createHmac('sha256', key)
    .update(JSON.stringify([workflow.toLowerCase(), permission, signatureVersion, expires]))
    .digest('base64url');
}

/** Names that belong to the URL itself and never reach the workflow. */
export const urlParameters: ReadonlySet<string> = new Set(['api-version', 'se', 'sp', 'sv', 'sig']);

/** The permission of a trigger's URL. */
export function triggerPermission(trigger: string): string {
  return `/triggers/${trigger}/run`;
}

/** The permission of a waiting action's callback URL. */
export function actionPermission(runId: string, path: string): string {
  return `/runs/${runId}/actions/${path}/run`;
}
