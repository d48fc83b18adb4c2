import { createHmac, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** API versions that stand in callback URLs. */
const apiVersions = { standard: '2022-05-01', consumption: '2016-10-01' } as const;
/** The two forms of callback URLs; one signature is good for both. */
export type UrlForm = keyof typeof apiVersions;
const signatureVersion = '1.0';

/** What a callback URL permits, and with which key. */
export interface CallbackGrant {
  /** `sp`: such as `/triggers/manual/run`. */
  readonly permission: string;
  /** `se`: end of validity as ISO time; absent: until the key is regenerated. */
  readonly expires?: string;
}

/** What the query of a callback URL says about itself. */
export interface UrlCredentials extends Partial<CallbackGrant> {
  readonly version: string | undefined;
  readonly signature: Buffer;
}

/** The query of a callback URL: `api-version`, `sp`, `sv`, `sig` and, time-limited, `se`. */
export function signedQuery(
  key: string,
  workflow: string,
  grant: CallbackGrant,
  form: UrlForm = 'standard',
): URLSearchParams {
  return new URLSearchParams({
    'api-version': apiVersions[form],
    ...(grant.expires === undefined ? {} : { se: grant.expires }),
    sp: grant.permission,
    sv: signatureVersion,
    sig: signature(key, workflow, grant).toString(),
  });
}

/** Reads the credentials out of a query. */
export function urlCredentials(query: URLSearchParams): UrlCredentials {
  const expires = query.get('se');
  const permission = query.get('sp');
  return {
    ...(expires !== null && { expires }),
    ...(permission !== null && { permission }),
    version: query.get('sv') ?? undefined,
    signature: Buffer.from(query.get('sig') ?? ''),
  };
}

/** Whether credentials were signed for this permission by one of the keys and are still valid. */
export function isGranted(
  credentials: UrlCredentials,
  workflow: string,
  permission: string,
  { keys, now }: { readonly keys: readonly string[]; readonly now: number },
): boolean {
  const { expires } = credentials;
  // `!(a > b)` so that a date that is none counts as ended.
  if (expires !== undefined && !(Date.parse(expires) > now)) return false;
  if (credentials.permission !== permission || credentials.version !== signatureVersion)
    return false;
  const grant = { permission, ...(expires === undefined ? {} : { expires }) };
  return keys.some((key) => {
    const expected = signature(key, workflow, grant);
    const given = credentials.signature;
    return expected.length === given.length && timingSafeEqual(expected, given);
  });
}

/** Signatures of URLs without an end, which are called again and again; a regenerated key has its own. */
const known = new LRUCache<string, Buffer>({ max: 5000 });
/** Longer permissions are signed anew each time: whoever makes them up gets no memory for it. */
const longestKnown = 300;

function signature(key: string, workflow: string, grant: CallbackGrant): Buffer {
  if (grant.expires !== undefined || grant.permission.length > longestKnown)
    return sign(key, workflow, grant);
  const name = `${key}\n${workflow}\n${grant.permission}`;
  let signed = known.get(name);
  if (!signed) known.set(name, (signed = sign(key, workflow, grant)));
  return signed;
}

function sign(key: string, workflow: string, { permission, expires = '' }: CallbackGrant): Buffer {
  return Buffer.from(
    createHmac('sha256', key)
      .update(JSON.stringify([workflow.toLowerCase(), permission, signatureVersion, expires]))
      .digest('base64url'),
  );
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
