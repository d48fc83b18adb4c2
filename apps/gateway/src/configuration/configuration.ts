import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import {
  developmentGatewayKey,
  type CallTrace as PublishedTrace,
  type GatewayStatus,
} from '@isthmus/contracts';
import type { Logger } from '@isthmus/host';
import { GatewayProcess } from '../gateway-process.js';
import type { CallTrace } from '../observability/call-traces.js';
import { GatewayPorts } from '../services/gateway-ports.js';
import type { GatewaySettings } from '../settings.js';
import { CatalogSource } from './catalog-source.js';
import { compileGateway } from './compile-gateway.js';
import type { SourceConfiguration } from './compile-gateway.js';
import { ConfigurationBackup } from './configuration-backup.js';
import { FolderReader, watchFolder } from './folder-source.js';
import type { GatewayModel } from './gateway-model.js';
import { withoutFailures } from './keepable.js';

/** Version that gateways report. */
const version = '0.1.0';

/**
 * The configuration of a gateway: follows a folder or the catalog, compiles what comes, and swaps
 * one reference. The first configuration must compile; a later one that does not leaves what is
 * served as it is.
 */
@Injectable()
export class Configuration implements OnApplicationShutdown {
  readonly instanceId = randomUUID();
  #model: GatewayModel | undefined;
  #source: CatalogSource | undefined;
  #watcher: { close(): void } | undefined;
  #turn: Promise<void> = Promise.resolve();
  /** The configuration on disk. */
  #good: SourceConfiguration | undefined;

  private readonly settings: GatewaySettings;
  private readonly logger: Logger;

  constructor(
    @Inject(GatewayProcess) process: GatewayProcess,
    @Inject(GatewayPorts) private readonly ports: GatewayPorts,
  ) {
    this.settings = process.settings;
    this.logger = process.logger;
    process.readiness.register('configuration', () => {
      if (!this.#model) throw new Error('no configuration has been applied yet');
    });
  }

  /** The model in force. A request reads it once. */
  get model(): GatewayModel | undefined {
    return this.#model;
  }

  /** Reads the first configuration and begins to follow the source. Rejects when there is nothing to serve and nowhere to ask. */
  async start(): Promise<void> {
    const { config, catalogUrl, environment } = this.settings;
    if (config !== undefined) return this.#startFolder(config);
    if (catalogUrl !== undefined) return this.#startCatalog(catalogUrl);
    if (environment === 'development') return this.#startCatalog(developmentCatalog);
    throw new Error(
      'A gateway needs a configuration: set catalog-url, or config to serve a folder.',
    );
  }

  async #startFolder(folder: string): Promise<void> {
    const tokens = Object.fromEntries(
      this.settings.tokens.map((one) => {
        const equals = one.indexOf('=');
        if (equals < 1) throw new Error(`A token is given as NAME=value, not as '${one}'.`);
        return [one.slice(0, equals), one.slice(equals + 1)];
      }),
    );
    const options = { folder, environment: this.settings.configEnvironment, tokens };
    const reader = new FolderReader(options, ({ severity, ...problem }) =>
      this.logger[severity === 'error' ? 'error' : 'warn'](problem, 'configuration folder'),
    );
    this.#apply(await reader.read());
    this.#watcher = watchFolder(folder, () => {
      this.#turn = this.#turn.then(async () => {
        try {
          const next = await reader.read();
          if (next.revision !== this.#model?.revision) this.#tryApply(next);
        } catch (err) {
          this.logger.error({ err }, 'the folder could not be read; the last configuration stays');
        }
      });
    });
  }

  async #startCatalog(url: string): Promise<void> {
    const backup = new ConfigurationBackup(
      this.settings.backupFolder,
      this.settings.backupSecret,
      (problem, details) => this.logger.warn(details, problem),
    );
    const kept = await backup.load();
    if (kept && this.#tryApply(kept)) {
      this.#good = kept;
      this.logger.info({ revision: kept.revision }, 'serving the kept configuration');
    }
    const source = new CatalogSource({
      url,
      gatewayId: this.settings.gatewayId,
      key: gatewayKeyOf(this.settings),
    });
    this.#source = source;
    const first = new Promise<void>((resolve) => {
      const listener = {
        changed: async (configuration: SourceConfiguration): Promise<void> => {
          const applied = this.#tryApply(configuration);
          const keepable = applied ? this.#keepable(configuration) : undefined;
          if (keepable) await backup.save((this.#good = keepable));
          await source
            .report(this.#status(configuration.revision, applied))
            .catch((err: unknown) => this.logger.warn({ err }, 'status not reported'));
          resolve();
        },
        away: (err: unknown): void => this.logger.warn({ err: String(err) }, 'the catalog is away'),
        back: (): void => this.logger.info('the catalog is back'),
      };
      void source.follow(this.#model ? kept : undefined, listener);
    });
    if (!this.#model) await first;
  }

  #apply(configuration: SourceConfiguration): void {
    const started = performance.now();
    const before = this.#model;
    const model = compileGateway(configuration, this.ports, before);
    this.#model = model;
    for (const part of model.failed)
      this.logger.error(part, 'a part of the configuration is not usable');
    const milliseconds = Math.round(performance.now() - started);
    this.logger.info(
      {
        revision: model.revision,
        apis: model.apisById.size,
        failed: model.failed.length,
        milliseconds,
      },
      'configuration applied',
    );
  }

  #tryApply(configuration: SourceConfiguration): boolean {
    try {
      this.#apply(configuration);
      return true;
    } catch (err) {
      this.logger.error(
        { err, revision: configuration.revision },
        'configuration refused; the last one stays',
      );
      return false;
    }
  }

  /** What of an applied configuration goes to disk; undefined: what is there is better. */
  #keepable(configuration: SourceConfiguration): SourceConfiguration | undefined {
    const failed = this.#model?.failed ?? [];
    if (failed.length === 0 || !this.#good) return configuration;
    const merged = withoutFailures(configuration, this.#good, failed);
    // Something shared may be what is broken: then the old whole is worth more than a new part.
    return compileGateway(merged, this.ports, this.#model).failed.length === 0 ? merged : undefined;
  }

  #status(revision: string, applied: boolean): GatewayStatus {
    const failed = (this.#model?.failed ?? []).map(({ id, problems }) => ({
      id,
      problems: problems.map(({ message, line, column }) => ({
        message,
        ...(line === undefined ? {} : { line }),
        ...(column === undefined ? {} : { column }),
      })),
    }));
    return { revision, instanceId: this.instanceId, version, applied, failed };
  }

  /** Gives the trace of a call to the catalog, if there is one; a catalog that is away goes without. */
  publishTrace(trace: CallTrace): void {
    const copy = JSON.parse(JSON.stringify(trace)) as PublishedTrace;
    this.#source
      ?.publishTrace(copy)
      .catch((err: unknown) => this.logger.warn({ err: String(err) }, 'trace not published'));
  }

  onApplicationShutdown(): void {
    this.#source?.stop();
    this.#watcher?.close();
  }
}

/** Where a catalog on the same machine is found when nothing is set. */
const developmentCatalog = 'http://127.0.0.1:8081';

/** @throws Error when production would use the key that everybody knows. */
function gatewayKeyOf({ gatewayKey, environment }: GatewaySettings): string | undefined {
  if (environment === 'production' && gatewayKey === developmentGatewayKey) {
    throw new Error('gateway-key is the development key, which production refuses.');
  }
  return gatewayKey ?? (environment === 'development' ? developmentGatewayKey : undefined);
}
