import { join } from 'node:path';
import {
  Inject,
  Injectable,
  Module,
  type DynamicModule,
  type MiddlewareConsumer,
  type NestModule,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { developmentGatewayKey } from '@isthmus/contracts';
import { openDatabase, type Database } from '@isthmus/database';
import { EntraModule, type EntraOptions } from '@isthmus/entra';
import { Readiness } from '@isthmus/host';
import { ExportsController } from './apis/exports.controller.js';
import { ArtifactsController } from './artifacts/artifacts.controller.js';
import { makeBuiltInResources } from './built-in-resources.js';
import { TraceController } from './gateways/trace.controller.js';
import { LinkReader } from './import/link-reader.js';
import { EffectivePolicyController } from './policies/effective-policy.controller.js';
import { migrations } from './migrations/index.js';
import { countRequests, showRevision } from './observability/metrics.js';
import { ChangeSignal } from './publication/change-signal.js';
import { GatewayCredentials } from './publication/gateway-credentials.js';
import { PublicationController } from './publication/publication.controller.js';
import { CallTraceStore } from './publication/store/call-trace.store.js';
import { GatewayReportStore } from './publication/store/gateway-report.store.js';
import { Catalog } from './resources/catalog.js';
import { Collections } from './resources/collections.js';
import { ResourcesController, SERVICE_IDENTITY } from './resources/resources.controller.js';
import { Vault } from './resources/secrets.js';
import type { ServiceIdentity } from './resources/service-address.js';
import { readServer } from './resources/store/resource.store.js';
import type { CatalogTables } from './resources/store/tables.js';
import { loadSecretKey } from './secret-key.js';

/** What the catalog is made from; the settings of the same names. */
export interface CatalogOptions extends ServiceIdentity {
  readonly databaseUrl: string | undefined;
  readonly dataFolder: string;
  readonly secretKey: string | undefined;
  readonly managedGatewayKey: string | undefined;
  readonly environment: string;
  readonly importHosts: readonly string[];
  readonly entra: EntraOptions;
}

/** Injection token of the catalog's {@link Database}. */
export const DATABASE = Symbol('catalog.database');

/** Ties the database to readiness and to the end of the process. */
@Injectable()
class DatabaseLifetime implements OnApplicationShutdown {
  constructor(
    @Inject(DATABASE) private readonly database: Database<CatalogTables>,
    readiness: Readiness,
  ) {
    readiness.register('database', () => database.ping());
  }

  async onApplicationShutdown(): Promise<void> {
    showRevision(undefined);
    await this.database.close();
  }
}

/** The management plane: resources, imports, publication. */
@Module({})
export class AppModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(countRequests).forRoutes('{*path}');
  }

  static with(options: CatalogOptions): DynamicModule {
    return {
      module: AppModule,
      imports: [EntraModule.with(options.entra)],
      // The contract routes come first: the last one takes every path of a service.
      controllers: [
        PublicationController,
        ArtifactsController,
        EffectivePolicyController,
        TraceController,
        ExportsController,
        ResourcesController,
      ],
      providers: [
        { provide: DATABASE, useFactory: () => openStore(options) },
        { provide: SERVICE_IDENTITY, useValue: options },
        {
          provide: Catalog,
          inject: [DATABASE],
          useFactory: (database: Database<CatalogTables>) => makeCatalog(database, options),
        },
        {
          provide: ChangeSignal,
          inject: [DATABASE],
          useFactory: (database: Database<CatalogTables>) => new ChangeSignal(database),
        },
        {
          provide: GatewayReportStore,
          inject: [DATABASE],
          useFactory: ({ db }: Database<CatalogTables>) => new GatewayReportStore(db),
        },
        {
          provide: CallTraceStore,
          inject: [DATABASE],
          useFactory: ({ db }: Database<CatalogTables>) => new CallTraceStore(db),
        },
        { provide: LinkReader, useFactory: () => new LinkReader(options.importHosts) },
        Collections,
        GatewayCredentials,
        DatabaseLifetime,
      ],
    };
  }
}

function openStore({ databaseUrl, dataFolder }: CatalogOptions): Promise<Database<CatalogTables>> {
  return openDatabase<CatalogTables>({
    service: 'catalog',
    migrations,
    url: databaseUrl,
    dataFolder: join(dataFolder, 'postgres'),
  });
}

async function makeCatalog(
  database: Database<CatalogTables>,
  options: CatalogOptions,
): Promise<Catalog> {
  const { secretKey, dataFolder, environment, managedGatewayKey } = options;
  const file = join(dataFolder, 'catalog.key');
  const catalog = new Catalog(
    database,
    new Vault(await loadSecretKey({ secretKey, file, environment })),
    await readServer(database.db),
  );
  showRevision(async () => (await catalog.store.position()).revision);
  await makeBuiltInResources(catalog, gatewayKeyOf(environment, managedGatewayKey));
  return catalog;
}

/** @throws Error when production would use the key that everybody knows. */
function gatewayKeyOf(environment: string, key: string | undefined): string | undefined {
  if (environment === 'production' && key === developmentGatewayKey) {
    throw new Error('managed-gateway-key is the development key, which production refuses.');
  }
  return key ?? (environment === 'development' ? developmentGatewayKey : undefined);
}
