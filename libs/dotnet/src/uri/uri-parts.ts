import { trimText } from '../text/trim-split.js';
import { displayedComponent, escapedComponent, withoutDots } from './uri-text.js';
import { parseHost, type HostNameType } from './host.js';

/** The parsed pieces of an absolute URI, in the escaped form of AbsoluteUri. */
export interface UriParts {
  readonly scheme: string;
  /** Text between scheme and path: `://`, `:`. */
  readonly delimiter: string;
  readonly userInfo: string;
  readonly host: string;
  readonly hostType: HostNameType;
  /** -1 when the scheme has no default and none is given. */
  readonly port: number;
  readonly isDefaultPort: boolean;
  readonly path: string;
  readonly query: string;
  readonly fragment: string;
  readonly isDosPath: boolean;
}

/** Why text is no absolute URI; `format` is a hard error, `relative` can be read as a relative reference. */
export interface UriFailure {
  readonly kind: 'format' | 'relative';
  readonly message: string;
}

const PORTS: ReadonlyMap<string, number> = new Map([
  ['http', 80],
  ['https', 443],
  ['ws', 80],
  ['wss', 443],
  ['ftp', 21],
  ['gopher', 70],
  ['nntp', 119],
  ['telnet', 23],
  ['ldap', 389],
  ['mailto', 25],
  ['net.tcp', 808],
]);
const NEEDS_HOST = /^(?:http|https|ws|wss|ftp|gopher|nntp|telnet|ldap|net\.tcp|net\.pipe)$/;
const CONVERTS_PATH = /^(?:http|https|ws|wss|ftp|file|gopher|net\.tcp|net\.pipe)$/;

const format = (message: string): UriFailure => ({ kind: 'format', message });
const relative = (message: string): UriFailure => ({ kind: 'relative', message });
const UNKNOWN = 'Invalid URI: The format of the URI could not be determined.';

/** Reads an absolute URI as System.Uri does. */
export function parseAbsolute(original: string): UriParts | UriFailure {
  const text = trimText(original, ' \t\r\n\v\f');
  if (text === '') return relative('Invalid URI: The URI is empty.');
  if (/^[A-Za-z][:|][\\/]/.test(text)) return dosPath(text);
  if (/^\\\\[^\\]/.test(text)) return hierarchical('file', `//${text.slice(2)}`);
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):(.*)$/s.exec(text);
  if (!match) return relative(UNKNOWN);
  const scheme = (match[1] ?? '').toLowerCase();
  const rest = match[2] ?? '';
  if (scheme.length === 1)
    return format("Invalid URI: A Dos path must be rooted, for example, 'c:\\'.");
  if (scheme === 'mailto') return mailbox(rest);
  if (scheme === 'file') return fileUri(rest);
  if (/^[\\/]{2}/.test(rest) && (NEEDS_HOST.test(scheme) || rest.startsWith('//'))) {
    return hierarchical(scheme, rest);
  }
  if (NEEDS_HOST.test(scheme)) {
    return relative('Invalid URI: The Authority/Host could not be parsed.');
  }
  if (rest === '') return relative(UNKNOWN);
  return opaque(scheme, rest);
}

interface Tail {
  readonly path: string;
  readonly query: string;
  readonly fragment: string;
}

/** Splits path, query and fragment and escapes each. */
function tailOf(text: string, scheme: string, rooted: boolean): Tail {
  const match = /^([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(text);
  let path = match?.[1] ?? '';
  if (CONVERTS_PATH.test(scheme)) path = path.replaceAll('\\', '/');
  if (rooted && !path.startsWith('/')) path = `/${path}`;
  const escaped = escapedComponent(path);
  return {
    path: rooted ? withoutDots(escaped) : escaped,
    query: escapedComponent(match?.[2] ?? ''),
    fragment: escapedComponent(match?.[3] ?? ''),
  };
}

function opaque(scheme: string, rest: string): UriParts {
  return {
    scheme,
    delimiter: ':',
    userInfo: '',
    host: '',
    hostType: 'Unknown',
    port: -1,
    isDefaultPort: true,
    isDosPath: false,
    ...tailOf(rest, scheme, rest.startsWith('/')),
  };
}

function dosPath(text: string): UriParts {
  const path = text.replace('|', ':').replaceAll('\\', '/');
  return fileParts('', `/${path}`);
}

function fileParts(host: string, path: string): UriParts {
  const tail = tailOf(path, 'file', true);
  const isDosPath = host === '' && /^\/[A-Za-z]:/.test(tail.path);
  return {
    scheme: 'file',
    delimiter: '://',
    userInfo: '',
    host,
    hostType: host === '' ? 'Basic' : 'Dns',
    port: -1,
    isDefaultPort: true,
    isDosPath,
    ...tail,
  };
}

function fileUri(rest: string): UriParts | UriFailure {
  const text = rest.replaceAll('\\', '/');
  if (/^\/\/[^/]/.test(text)) {
    if (/^\/\/[A-Za-z]:(?:\/|$)/.test(text)) return fileParts('', `/${text.slice(2)}`);
    return hierarchical('file', text);
  }
  if (text.startsWith('///')) return fileParts('', text.slice(2));
  if (text.startsWith('/')) return fileParts('', text);
  return relative(UNKNOWN);
}

function mailbox(rest: string): UriParts {
  const match = /^(?:([^@?#]*)@)?([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(rest);
  const host = match?.[1] === undefined ? '' : (match[2] ?? '');
  return {
    scheme: 'mailto',
    delimiter: ':',
    userInfo: match?.[1] ?? '',
    host: host.toLowerCase(),
    hostType: host === '' ? 'Unknown' : 'Dns',
    port: 25,
    isDefaultPort: true,
    isDosPath: false,
    path: match?.[1] === undefined ? escapedComponent(match?.[2] ?? '') : '',
    query: escapedComponent(match?.[3] ?? ''),
    fragment: escapedComponent(match?.[4] ?? ''),
  };
}

function hierarchical(scheme: string, rest: string): UriParts | UriFailure {
  const text = rest.slice(2);
  const end = /[/?#]/.exec(text)?.index ?? text.length;
  const authority = text.slice(0, end);
  const at = authority.lastIndexOf('@');
  const userInfo = at < 0 ? '' : authority.slice(0, at);
  const split = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(authority.slice(at + 1));
  if (!split) return format('Invalid URI: Invalid port specified.');
  const portText = split[2] ?? '';
  if (!/^\d*$/.test(portText) || Number(portText) > 65535) {
    return format('Invalid URI: Invalid port specified.');
  }
  const hostText = split[1] ?? '';
  if (hostText === '' && (NEEDS_HOST.test(scheme) || userInfo !== '' || portText !== '')) {
    return format('Invalid URI: The hostname could not be parsed.');
  }
  const host = hostText === '' ? { text: '', type: 'Basic' as const } : parseHost(hostText);
  if (!host) return format('Invalid URI: The hostname could not be parsed.');
  const defaultPort = PORTS.get(scheme) ?? -1;
  const port = portText === '' ? defaultPort : Number(portText);
  return {
    scheme,
    delimiter: '://',
    userInfo: userInfo === '' ? '' : escapedComponent(userInfo),
    host: host.text,
    hostType: host.type,
    port,
    isDefaultPort: port === defaultPort,
    isDosPath: false,
    ...tailOf(
      text.slice(end),
      scheme,
      NEEDS_HOST.test(scheme) || scheme === 'file' || text.slice(end) !== '',
    ),
  };
}

/** `scheme://user@host:port`, with the port only when it is not the default. */
export function authorityText(parts: UriParts): string {
  const user = parts.userInfo === '' ? '' : `${parts.userInfo}@`;
  return user + parts.host + (parts.isDefaultPort || parts.port < 0 ? '' : `:${parts.port}`);
}

/** The whole URI; `display` prints it as ToString() does. */
export function uriText(parts: UriParts, display: boolean): string {
  const show = display ? displayedComponent : (text: string): string => text;
  return (
    `${parts.scheme}${parts.delimiter}${authorityText(parts)}` +
    show(parts.path) +
    show(parts.query) +
    show(parts.fragment)
  );
}
