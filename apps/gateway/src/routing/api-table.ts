import type { Headers, Query } from '@isthmus/policy-engine';

/** How the versions of a version set are told apart. */
export type Versioning =
  | { readonly scheme: 'Segment' }
  | { readonly scheme: 'Header'; readonly header: string }
  | { readonly scheme: 'Query'; readonly query: string };

/** What the table needs to know of one revision of one API. */
export interface RoutedApi {
  /** Without slashes at its ends; "" for an API at the root. */
  readonly path: string;
  readonly revision: string;
  readonly isCurrent: boolean;
  readonly isOnline: boolean;
  readonly version: string | undefined;
  readonly versioning: Versioning | undefined;
  /** Host names that the API answers on; undefined: all of the gateway's. */
  readonly hosts: readonly string[] | undefined;
}

/** An API that a request belongs to. */
export interface ApiMatch<T> {
  readonly api: T;
  /** The path below the API's own, with its slash; "" when nothing follows. */
  readonly rest: string;
}

/** Why no API matched, for the trace. */
export type ApiMiss =
  | 'no API has this path'
  | 'no API on this host'
  | 'no such version'
  | 'no such revision'
  | 'the revision is offline';

/**
 * All APIs of a gateway by path, host, version and revision. The longest path wins; a lookup costs
 * one map access for each segment of the request, however many APIs there are.
 */
export class ApiTable<T extends RoutedApi> {
  readonly #paths = new Map<string, T[]>();
  #deepest = 0;

  constructor(apis: Iterable<T>) {
    for (const api of apis) {
      const segments = [
        ...api.path.split('/'),
        ...(api.versioning?.scheme === 'Segment' ? [api.version ?? ''] : []),
      ].filter((segment) => segment !== '');
      const key = segments.join('/').toLowerCase();
      this.#paths.set(key, [...(this.#paths.get(key) ?? []), api]);
      this.#deepest = Math.max(this.#deepest, segments.length);
    }
  }

  /** The API for a canonical path. */
  find(request: {
    readonly path: string;
    readonly host: string;
    readonly headers: Headers;
    readonly query: Query;
  }): ApiMatch<T> | ApiMiss {
    const { path } = request;
    const hasRevision = path.includes(';');
    let miss: ApiMiss = 'no API has this path';
    for (let end = segmentsEnd(path, this.#deepest); end >= 0; end = previousEnd(path, end)) {
      const prefix = path.slice(1, end).toLowerCase();
      const revision = hasRevision ? /^(.*);rev=([^/;]+)$/.exec(prefix) : null;
      const here = this.#paths.get(revision?.[1] ?? prefix);
      if (!here) continue;
      const found = choose(here, request, revision?.[2]);
      if (typeof found !== 'string') return { api: found, rest: path.slice(end) };
      if (found !== 'no API on this host') return found;
      miss = found;
    }
    return miss;
  }
}

/** Where the first n segments of a path end, or the path, when it has fewer: 9 for two of "/abc/defg/h". */
function segmentsEnd(path: string, most: number): number {
  let end = 0;
  for (let count = 0; count < most && end + 1 < path.length; count++) {
    const slash = path.indexOf('/', end + 1);
    if (slash < 0) return path.length;
    end = slash;
  }
  return end;
}

/** Where the segments before the last one end; -1 when there is none. */
function previousEnd(path: string, end: number): number {
  return end === 0 ? -1 : path.lastIndexOf('/', end - 1);
}

function choose<T extends RoutedApi>(
  apis: readonly T[],
  request: { readonly host: string; readonly headers: Headers; readonly query: Query },
  revision: string | undefined,
): T | ApiMiss {
  const [only] = apis;
  if (apis.length === 1 && only && isPlain(only) && revision === undefined) return only;
  const onHost = apis.filter((api) => api.hosts === undefined || api.hosts.includes(request.host));
  if (onHost.length === 0) return 'no API on this host';
  const ofVersion = onHost.filter((api) => hasVersion(api, request));
  // An API of a version set that asked for nothing may still have an original beside it.
  const versioned = ofVersion.filter(
    (api) => api.versioning !== undefined && api.version !== undefined,
  );
  const candidates = versioned.length > 0 ? versioned : ofVersion;
  if (candidates.length === 0) return 'no such version';
  // The original answers who names no version, not who names one that is not there.
  if (versioned.length === 0 && onHost.some((api) => isAskedFor(api.versioning, request)))
    return 'no such version';
  const ofRevision = candidates.filter((api) =>
    revision === undefined ? api.isCurrent : api.revision === revision,
  );
  const online = ofRevision.find((api) => api.isOnline);
  return online ?? (ofRevision.length > 0 ? 'the revision is offline' : 'no such revision');
}

/** Nothing but its path decides about this API. */
function isPlain(api: RoutedApi): boolean {
  return (
    api.isCurrent &&
    api.isOnline &&
    api.hosts === undefined &&
    (api.versioning === undefined || api.versioning.scheme === 'Segment')
  );
}

function hasVersion(
  api: RoutedApi,
  request: { readonly headers: Headers; readonly query: Query },
): boolean {
  const { versioning, version } = api;
  if (!versioning || versioning.scheme === 'Segment' || version === undefined) return true;
  return askedVersion(versioning, request).toLowerCase() === version.toLowerCase();
}

function isAskedFor(
  versioning: Versioning | undefined,
  request: { readonly headers: Headers; readonly query: Query },
): boolean {
  if (!versioning || versioning.scheme === 'Segment') return false;
  return askedVersion(versioning, request) !== '';
}

/** The version that a request names in a header or in its query; "" when it names none. */
function askedVersion(
  versioning: Exclude<Versioning, { scheme: 'Segment' }>,
  request: { readonly headers: Headers; readonly query: Query },
): string {
  const asked =
    versioning.scheme === 'Header'
      ? request.headers.text(versioning.header)
      : request.query.get(versioning.query)?.[0];
  return asked?.trim() ?? '';
}
