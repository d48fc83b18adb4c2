import type { UrlView } from '@isthmus/policy-expressions';
import { Query } from './query.js';

/** Where requests of an API go before policies change it: scheme, host, port and leading path. */
export interface UrlBase {
  scheme: string;
  host: string;
  port: number;
  /** Begins with a slash, does not end with one; empty for the root. */
  path: string;
}

/**
 * A URL that policies can change. `path` is the base path followed by the resource path: set-backend-service
 * changes the base, rewrite-uri the resource. Paths are kept as encoded by the sender.
 */
export class RequestUrl implements UrlView {
  scheme: string;
  host: string;
  port: number;
  basePath: string;
  resourcePath: string;
  query: Query;

  constructor(base: UrlBase, resourcePath: string, query: Query) {
    this.scheme = base.scheme;
    this.host = base.host;
    this.port = base.port;
    this.basePath = base.path;
    this.resourcePath = resourcePath;
    this.query = query;
  }

  /** Parses an absolute URL; the whole path is the resource path. Throws TypeError on nonsense. */
  static parse(text: string): RequestUrl {
    const hash = text.indexOf('#');
    const address = hash < 0 ? text : text.slice(0, hash);
    const question = address.indexOf('?');
    const base = parseBaseUrl(question < 0 ? address : address.slice(0, question));
    const path = base.path === '' ? '/' : base.path;
    const tail =
      /\/$/.test(question < 0 ? address : address.slice(0, question)) && !path.endsWith('/')
        ? '/'
        : '';
    return new RequestUrl(
      { ...base, path: '' },
      path + tail,
      new Query(question < 0 ? '' : address.slice(question)),
    );
  }

  /** Begins with a slash. */
  get path(): string {
    if (this.basePath === '') return this.resourcePath === '' ? '/' : this.resourcePath;
    return this.basePath + this.resourcePath;
  }

  /** `?a=1`, or the empty string. */
  get queryString(): string {
    return this.query.toString();
  }

  get isDefaultPort(): boolean {
    return this.port === defaultPort(this.scheme);
  }

  setBase(base: UrlBase): void {
    this.scheme = base.scheme;
    this.host = base.host;
    this.port = base.port;
    this.basePath = base.path;
  }

  clone(): RequestUrl {
    return new RequestUrl(
      { scheme: this.scheme, host: this.host, port: this.port, path: this.basePath },
      this.resourcePath,
      this.query.clone(),
    );
  }

  /** The default port is left out. */
  toString(): string {
    return `${this.scheme}://${this.host}${this.isDefaultPort ? '' : `:${this.port}`}${this.path}${this.queryString}`;
  }
}

/** The port that a scheme means when none is given; 0 for unknown schemes. */
function defaultPort(scheme: string): number {
  if (scheme === 'https' || scheme === 'wss') return 443;
  return scheme === 'http' || scheme === 'ws' ? 80 : 0;
}

/** Parses `https://host:port/path` (a trailing slash is dropped). Throws TypeError when it is no absolute URL. */
export function parseBaseUrl(text: string): UrlBase {
  const url = new URL(text.trim());
  const scheme = url.protocol.slice(0, -1);
  return {
    scheme,
    host: url.hostname,
    port: url.port === '' ? defaultPort(scheme) : Number(url.port),
    path: url.pathname.replace(/\/+$/, ''),
  };
}
