import { argumentNull, DotNetError, invalidOperation } from '../dotnet-error.js';
import { idnHost, type HostNameType } from './host.js';
import { percentDecode } from './percent.js';
import {
  authorityText,
  parseAbsolute,
  uriText,
  type UriFailure,
  type UriParts,
} from './uri-parts.js';

/** System.UriKind. */
export type UriKind = 'Absolute' | 'Relative' | 'RelativeOrAbsolute';
/** System.UriPartial. */
export type UriPartial = 'Scheme' | 'Authority' | 'Path' | 'Query';

/** System.UriFormatException. */
const uriFormatException = (message: string): DotNetError =>
  new DotNetError('System.UriFormatException', message);

const isFailure = (value: UriParts | UriFailure): value is UriFailure => 'message' in value;

/** System.Uri: absolute, or relative text that only has its OriginalString. Immutable. */
export class Uri {
  /** Unchecked: use the static functions. */
  constructor(
    readonly originalString: string,
    private readonly parts: UriParts | undefined,
  ) {}

  /** Throws UriFormatException or ArgumentNullException. */
  static parse(text: string | null, kind: UriKind = 'Absolute'): Uri {
    if (text === null) throw argumentNull('uriString');
    const result = Uri.read(text, kind);
    if (result instanceof Uri) return result;
    throw uriFormatException(result.message);
  }

  /** Undefined instead of an exception. */
  static tryParse(text: string | null, kind: UriKind): Uri | undefined {
    if (text === null) return undefined;
    const result = Uri.read(text, kind);
    return result instanceof Uri ? result : undefined;
  }

  private static read(text: string, kind: UriKind): Uri | UriFailure {
    const parts = parseAbsolute(text);
    if (kind === 'Relative') {
      if (!isFailure(parts)) {
        return {
          kind: 'format',
          message:
            "A relative URI cannot be created because the 'uriString' parameter represents an absolute URI.",
        };
      }
      return parts.kind === 'relative' ? new Uri(text, undefined) : parts;
    }
    if (!isFailure(parts)) return new Uri(text, parts);
    if (kind === 'RelativeOrAbsolute') {
      return parts.kind === 'relative' ? new Uri(text, undefined) : parts;
    }
    // Rooted Unix paths and network paths are absolute only where nothing else is asked for.
    const path = text.trim();
    if (path.startsWith('/') || path.startsWith('\\\\')) {
      const file = parseAbsolute(path.startsWith('//') ? `file:${path}` : `file://${path}`);
      return isFailure(file) ? file : new Uri(text, file);
    }
    return parts;
  }

  /** `new Uri(base, relative)`. Throws ArgumentOutOfRangeException when the base is relative. */
  static combine(base: Uri, relative: string | Uri): Uri {
    if (typeof relative !== 'string') {
      if (relative.isAbsoluteUri) return relative;
      return Uri.combine(base, relative.originalString);
    }
    const text = relative.trim();
    const target = parseAbsolute(text);
    if (!isFailure(target)) return new Uri(text, target);
    if (target.kind === 'format') throw uriFormatException(target.message);
    const parts = base.absolute();
    const origin = `${parts.scheme}${parts.delimiter}`;
    const authority = authorityText(parts);
    const escapedPath = parts.path;
    const at = (path: string): Uri => Uri.parse(`${origin}${authority}${path}`);
    if (text === '') return at(escapedPath + parts.query + parts.fragment);
    if (/^[\\/]{2}/.test(text)) return Uri.parse(`${parts.scheme}:${text}`);
    if (/^[\\/]/.test(text)) return at(text);
    if (text.startsWith('#')) return at(escapedPath + parts.query + text);
    if (text.startsWith('?')) return at(escapedPath + text);
    return at(escapedPath.slice(0, escapedPath.lastIndexOf('/') + 1) + text);
  }

  get isAbsoluteUri(): boolean {
    return this.parts !== undefined;
  }
  get absoluteUri(): string {
    return uriText(this.absolute(), false);
  }
  get scheme(): string {
    return this.absolute().scheme;
  }
  get host(): string {
    return this.absolute().host;
  }
  get idnHost(): string {
    return idnHost(this.dnsSafeHost);
  }
  get dnsSafeHost(): string {
    return this.absolute().host.replace(/^\[|\]$/g, '');
  }
  get hostNameType(): HostNameType {
    return this.absolute().hostType;
  }
  get port(): number {
    return this.absolute().port;
  }
  get isDefaultPort(): boolean {
    return this.absolute().isDefaultPort;
  }
  get userInfo(): string {
    return this.absolute().userInfo;
  }
  /** Host and, when it is not the default, port. */
  get authority(): string {
    const { host, port, isDefaultPort } = this.absolute();
    return host + (isDefaultPort || port < 0 ? '' : `:${port}`);
  }
  get absolutePath(): string {
    const { path, isDosPath } = this.absolute();
    return isDosPath ? path.slice(1) : path;
  }
  get localPath(): string {
    const { isDosPath, scheme } = this.absolute();
    const path = percentDecode(this.absolutePath);
    return scheme === 'file' && isDosPath ? path.replaceAll('/', '\\') : path;
  }
  get query(): string {
    return this.absolute().query;
  }
  get fragment(): string {
    return this.absolute().fragment;
  }
  get pathAndQuery(): string {
    return this.absolutePath + this.query;
  }
  /** Path pieces, each with its closing slash. */
  get segments(): string[] {
    const { path } = this.absolute();
    return path === '' ? [] : (path.match(/[^/]*\/|[^/]+$/g) ?? []);
  }
  get isFile(): boolean {
    return this.absolute().scheme === 'file';
  }
  get isUnc(): boolean {
    return this.isFile && this.host !== '';
  }
  get isLoopback(): boolean {
    const { host, scheme } = this.absolute();
    return (
      /^(?:localhost|loopback|127\.\d+\.\d+\.\d+|\[::1\])$/.test(host) ||
      (scheme === 'file' && host === '')
    );
  }

  getLeftPart(part: UriPartial): string {
    const parts = this.absolute();
    const start = `${parts.scheme}${parts.delimiter}`;
    if (part === 'Scheme') return start;
    if (part === 'Authority') {
      return parts.delimiter === ':' ? '' : start + authorityText(parts);
    }
    const left = start + authorityText(parts) + parts.path;
    return part === 'Path' ? left : left + parts.query;
  }

  /** True when this is a prefix of the other by whole path segments. */
  isBaseOf(other: Uri): boolean {
    const [own, target] = [this.absolute(), other.absolute()];
    const sameSite = own.scheme === target.scheme && authorityText(own) === authorityText(target);
    return sameSite && target.path.startsWith(own.path.slice(0, own.path.lastIndexOf('/') + 1));
  }

  /** The relative reference that leads from this to the other, or the other itself on another site. */
  makeRelative(other: Uri): Uri {
    const [own, target] = [this.absolute(), other.absolute()];
    if (own.scheme !== target.scheme || authorityText(own) !== authorityText(target)) return other;
    const from = own.path.split('/');
    const to = target.path.split('/');
    let same = 0;
    while (same < from.length - 1 && same < to.length - 1 && from[same] === to[same]) same++;
    const up = '../'.repeat(from.length - 1 - same);
    const path = own.path === target.path ? '' : up + to.slice(same).join('/');
    return new Uri(
      (path === '' && own.path !== target.path ? './' : path) + target.query + target.fragment,
      undefined,
    );
  }

  isWellFormedOriginalString(): boolean {
    const text = this.originalString;
    if (!this.parts) return !/[\s<>"{}|\\^`]|%(?![0-9a-fA-F]{2})/.test(text);
    return (
      !/[\s<>"{}|\\^`]|%(?![0-9a-fA-F]{2})/.test(text) &&
      text.toLowerCase().startsWith(`${this.scheme}:`)
    );
  }

  /** Fragment and user information do not count. */
  equals(other: Uri): boolean {
    if (!this.parts || !other.parts) {
      return this.parts === other.parts && this.originalString === other.originalString;
    }
    return this.key === other.key;
  }

  /** Equal for equal URIs. */
  get key(): string {
    if (!this.parts) return this.originalString;
    const { scheme, host, port, path, query } = this.parts;
    return `${scheme}://${host}:${port}${path}${query}`;
  }

  /** Readable form: escapes are decoded where that is safe. */
  toString(): string {
    return this.parts ? uriText(this.parts, true) : this.originalString;
  }

  private absolute(): UriParts {
    if (this.parts) return this.parts;
    throw invalidOperation('This operation is not supported for a relative URI.');
  }
}
