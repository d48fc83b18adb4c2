import { X509Certificate } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { SecureContext } from 'node:tls';
import { watchFolder } from '../configuration/folder-source.js';
import { isSameTrust } from './client-certificate-mode.js';
import type { ClientCertificateMode, ClientTrust } from './client-certificate-mode.js';
import type { HostName } from './host-name.js';

/** What says how host names are served, beside the folder. */
export interface HostNameRules {
  /** The mode of host names without one of their own. */
  readonly usual: ClientCertificateMode;
  /** Modes by host name. */
  readonly modes: ReadonlyMap<string, ClientCertificateMode>;
  /** Host names of the present configuration, which go before the folder. */
  readonly managed: () => ReadonlyMap<string, HostName>;
}

/** A certificate as its files hold it, with the authorities of client certificates beside it. */
export interface KeyPair {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca?: string;
}

/** A host name's certificate, ready for handshakes. */
interface HostCertificate {
  /** Base name of its files; tells certificates apart. */
  readonly name: string;
  readonly pair: KeyPair;
  readonly context: SecureContext;
  /** Authorities of client certificates, PEM. */
  readonly authorities: string | undefined;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

/** What the store tells the log. */
export type TellCertificates = (
  level: 'info' | 'warn' | 'error',
  message: string,
  details: Readonly<Record<string, unknown>>,
) => void;

/** Milliseconds. */
const day = 86_400_000;

/** Days before the end of a certificate at which it is told. */
const alarms = [30, 14, 7, 1];

/**
 * The certificates of a folder: `<name>.crt` (chain, PEM) beside `<name>.key`, and where there is one `<name>.ca` (the
 * authorities of the client certificates that are trusted, PEM). A certificate serves
 * the names in its subject alternative names, and the name of its file; `default` serves callers
 * without a server name. Files that change are read again; a pair that does not load keeps the last.
 */
export class CertificateStore {
  readonly #folder: string;
  readonly #tell: TellCertificates;
  #byHost = new Map<string, HostCertificate>();
  #fallback: HostCertificate | undefined;
  #watcher: { close(): void } | undefined;
  #daily: NodeJS.Timeout | undefined;

  readonly #rules: HostNameRules;

  constructor(folder: string, tell: TellCertificates, rules: HostNameRules) {
    this.#folder = folder;
    this.#tell = tell;
    this.#rules = rules;
  }

  /** Rejects when the folder holds no usable pair. */
  async open(): Promise<void> {
    await this.#read();
    if (!this.#fallback)
      throw new Error(
        `There is no certificate with its key (<name>.crt, <name>.key) in ${this.#folder}.`,
      );
    this.#watcher = watchFolder(this.#folder, () => void this.#read());
    this.#alarms();
    this.#daily = setInterval(() => this.#alarms(), day).unref();
  }

  close(): void {
    this.#watcher?.close();
    clearInterval(this.#daily);
  }

  /** For the handshake: the certificate of a server name, exact, by wildcard, or the default one. */
  context(serverName: string | undefined): SecureContext | undefined {
    return lookUp(this.#rules.managed(), serverName)?.context ?? this.#find(serverName)?.context;
  }

  /** The default certificate itself: that of callers who name no host. */
  get usualPair(): KeyPair | undefined {
    return this.#fallback?.pair;
  }

  /** Whether callers of a host are asked for a certificate, and whose are trusted. */
  trust(serverName: string | undefined): ClientTrust {
    const { managed, modes, usual } = this.#rules;
    const host = lookUp(managed(), serverName);
    return {
      mode: host?.mode ?? lookUp(modes, serverName) ?? usual,
      authorities: host?.context ? host.authorities : this.#find(serverName)?.authorities,
    };
  }

  /** What holds for all host names, where they have the same. */
  get onlyTrust(): ClientTrust | undefined {
    const { managed, modes, usual: mode } = this.#rules;
    const trust = { mode, authorities: this.#fallback?.authorities };
    const others = [...modes.values(), ...[...managed().values()].map((one) => one.mode)];
    const authorities = [
      ...[...this.#byHost.values()].map((one) => one.authorities),
      ...[...managed().values()].filter((one) => one.context).map((one) => one.authorities),
    ];
    return others.every((one) => one === mode) &&
      authorities.every((one) => one === trust.authorities)
      ? trust
      : undefined;
  }

  /** Whether two names are served alike, by one certificate; else a request for the other is misdirected. */
  isSame(serverName: string, host: string): boolean {
    return (
      isSameTrust(this.trust(serverName), this.trust(host)) &&
      this.#certificateName(serverName) === this.#certificateName(host)
    );
  }

  #certificateName(serverName: string): string | undefined {
    const managed = lookUp(this.#rules.managed(), serverName)?.certificate;
    return managed === undefined ? this.#find(serverName)?.name : `/certificates/${managed}`;
  }

  #find(serverName: string | undefined): HostCertificate | undefined {
    return lookUp(this.#byHost, serverName) ?? this.#fallback;
  }

  async #read(): Promise<void> {
    try {
      const names = (await readdir(this.#folder)).filter((name) => name.endsWith('.crt')).sort();
      const byHost = new Map<string, HostCertificate>();
      const all: HostCertificate[] = [];
      for (const file of names) {
        const loaded = await this.#load(file.slice(0, -4));
        if (!loaded) continue;
        all.push(loaded.certificate);
        for (const host of loaded.hosts) byHost.set(host, loaded.certificate);
      }
      if (all.length === 0) return;
      this.#byHost = byHost;
      this.#fallback = all.find((one) => one.name === 'default') ?? all[0];
    } catch (error) {
      this.#tell('error', 'the certificates could not be read; the last ones stay', {
        error: String(error),
      });
    }
  }

  async #load(
    name: string,
  ): Promise<{ certificate: HostCertificate; hosts: string[] } | undefined> {
    try {
      const [cert, key] = await Promise.all([
        readFile(join(this.#folder, `${name}.crt`)),
        readFile(join(this.#folder, `${name}.key`)),
      ]);
      const parsed = new X509Certificate(cert);
      const authorities = await authoritiesIn(join(this.#folder, `${name}.ca`));
      const pair = { cert, key, ...(authorities === undefined ? {} : { ca: authorities }) };
      const context = createSecureContext({ ...pair, minVersion: 'TLSv1.2' });
      const alternatives = (parsed.subjectAltName ?? '')
        .split(', ')
        .filter((one) => one.startsWith('DNS:'));
      const hosts = [name, ...alternatives.map((one) => one.slice(4))].map((host) =>
        host.toLowerCase(),
      );
      return {
        certificate: { name, pair, context, authorities, expires: Date.parse(parsed.validTo) },
        hosts,
      };
    } catch (error) {
      const kept = [...this.#byHost].filter(([, one]) => one.name === name);
      const first = kept[0]?.[1];
      this.#tell('error', 'a certificate does not load', {
        name,
        error: String(error),
        keepsLast: first !== undefined,
      });
      return first && { certificate: first, hosts: kept.map(([host]) => host) };
    }
  }

  /** Every day: certificates end whether files change or not. */
  #alarms(): void {
    for (const one of new Set(this.#byHost.values())) this.#alarm(one);
    for (const { certificate, expires } of this.#rules.managed().values())
      if (certificate !== undefined && expires !== undefined)
        this.#alarm({ name: `/certificates/${certificate}`, expires });
  }

  #alarm({ name, expires }: Pick<HostCertificate, 'name' | 'expires'>): void {
    const days = Math.floor((expires - Date.now()) / day);
    const nearest = alarms.filter((alarm) => days < alarm).at(-1);
    if (nearest !== undefined)
      this.#tell('warn', days < 0 ? 'a certificate has expired' : 'a certificate expires soon', {
        name,
        days,
      });
  }
}

/** The authorities of a file; undefined without one. Throws an Error for a file with anything else in it. */
async function authoritiesIn(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text !== undefined) {
    const all = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    if (all.length === 0) throw new Error('The .ca file holds no certificate.');
    for (const one of all) void new X509Certificate(one);
  }
  return text;
}

/** What stands under a name, exactly or by wildcard; case and a final dot do not count. */
function lookUp<T>(byHost: ReadonlyMap<string, T>, name: string | undefined): T | undefined {
  const host = (name ?? '').toLowerCase().replace(/\.$/, '');
  return byHost.get(host) ?? byHost.get(host.replace(/^[^.]+/, '*'));
}
