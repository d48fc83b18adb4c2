import type { DynamicModule, INestApplicationContext, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Logger } from 'pino';
import { helpText } from './help.js';
import { HostModule } from './host.module.js';
import { createLogger } from './logging.js';
import { ManagementModule } from './management.module.js';
import { NestLog } from './nest-log.js';
import { Readiness } from './readiness.js';
import { prepareHttp } from './service-http.js';
import {
  hostSettings,
  readSettings,
  SettingsError,
  type Settings,
  type SettingsDeclaration,
} from './settings.js';
import { stopOnSignals } from './shutdown.js';

/** The settings that the host itself needs from a service. */
interface ListenSettings {
  readonly managementPort: number;
  readonly port: number;
}

/** One service process. */
export interface ServiceDefinition<D extends SettingsDeclaration> {
  /** As in the Helm chart and in the logs. */
  readonly name: string;
  readonly description: string;
  /** The service's own settings; must declare `port` and `managementPort`. */
  readonly settings: D;
  /** The root module, made from the validated settings. */
  module(settings: Settings<D & typeof hostSettings>): Type | DynamicModule;
  /**
   * `nest` (default): the host listens on `port` with Nest's HTTP server. `own`: a provider of the
   * module owns the listeners (the gateway's data plane).
   */
  readonly http?: 'nest' | 'own';
  /**
   * Largest JSON body that the host reads and parses, such as `1mb` (the default); false: handlers
   * read the request themselves.
   */
  readonly bodyLimit?: string | false;
}

interface Started {
  readonly close: () => Promise<void>;
  readonly url?: string;
  readonly managementUrl: string;
}

/**
 * Runs a service: `--help`, settings, log, management port, the service itself, drain on SIGTERM,
 * SIGINT or when the process that started it goes away. A wrong setting ends the process with
 * status 2 and one sentence a mistake; any other failure to start with status 1.
 */
export async function runService<D extends SettingsDeclaration>(
  service: ServiceDefinition<D>,
): Promise<void> {
  const declaration = { ...hostSettings, ...service.settings };
  if (process.argv.includes('--help')) {
    process.stdout.write(helpText(service.name, service.description, declaration));
    return;
  }
  let settings: Settings<D & typeof hostSettings>;
  try {
    settings = readSettings(declaration) as typeof settings;
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    for (const problem of error.problems) process.stderr.write(`${service.name}: ${problem}\n`);
    process.exitCode = 2;
    return;
  }
  const logger = createLogger(service.name, settings.logLevel as string);
  process.on('uncaughtException', (err) => {
    logger.fatal({ err }, 'uncaught exception');
    process.exit(1);
  });
  const readiness = new Readiness();
  try {
    const started = await start({ service, settings, logger, readiness });
    readiness.markStarted();
    logger.info({ url: started.url, managementUrl: started.managementUrl }, 'started');
    process.send?.({ type: 'started', url: started.url, managementUrl: started.managementUrl });
    stopOnSignals({
      logger,
      readiness,
      close: started.close,
      drainDelay: settings.drainDelay as number,
      drainTimeout: settings.drainTimeout as number,
    });
  } catch (err) {
    const { code, port } = err as { code?: string; port?: number };
    const reason =
      code === 'EADDRINUSE' ? `could not start: port ${port} is taken` : 'could not start';
    logger.fatal({ err }, reason);
    process.exit(1);
  }
}

interface Start<D extends SettingsDeclaration> {
  readonly service: ServiceDefinition<D>;
  readonly settings: Settings<D & typeof hostSettings>;
  readonly logger: Logger;
  readonly readiness: Readiness;
}

async function start<D extends SettingsDeclaration>(options: Start<D>): Promise<Started> {
  const { service, settings, logger, readiness } = options;
  const { port, managementPort } = settings as unknown as ListenSettings;
  const host = settings.host as string;
  const log = new NestLog(logger);

  const management = await NestFactory.create(ManagementModule.with(readiness), {
    logger: log,
    abortOnError: false,
  });
  await management.listen(managementPort, host);

  const root = HostModule.with(service.module(settings), { logger, readiness });
  const app =
    service.http === 'own'
      ? await NestFactory.createApplicationContext(root, { logger: log, abortOnError: false })
      : await listen(root, { port, host, log, logger, bodyLimit: service.bodyLimit ?? '1mb' });
  return {
    ...(await urlOf(app, readiness)),
    managementUrl: await management.getUrl(),
    close: async () => {
      await app.close();
      await management.close();
    },
  };
}

async function urlOf(
  app: INestApplicationContext,
  readiness: Readiness,
): Promise<{ url?: string }> {
  if ('getUrl' in app) return { url: await (app as NestExpressApplication).getUrl() };
  return readiness.announcedUrl === undefined ? {} : { url: readiness.announcedUrl };
}

interface Listen {
  readonly port: number;
  readonly host: string;
  readonly log: NestLog;
  readonly logger: Logger;
  readonly bodyLimit: string | false;
}

async function listen(root: DynamicModule, options: Listen): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(root, {
    logger: options.log,
    abortOnError: false,
    bodyParser: false,
  });
  prepareHttp(app, options.logger, options.bodyLimit);
  await app.listen(options.port, options.host);
  return app;
}
