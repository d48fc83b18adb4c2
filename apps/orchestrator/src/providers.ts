import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Provider } from '@nestjs/common';
import { openDatabase, type Database } from '@isthmus/database';
import { LOGGER, Readiness, type Logger } from '@isthmus/host';
import type { OrchestratorSettings } from './app.module.js';
import { WorkflowRegistry } from './definitions/workflow-registry.js';
import { migrations } from './migrations/index.js';
import { RunService } from './runner/run-service.js';
import { DefinitionsStore } from './store/definitions.store.js';
import { JournalStore } from './store/journal.store.js';
import { ReplicasStore } from './store/replicas.store.js';
import { RunsStore } from './store/runs.store.js';
import type { Tables } from './store/tables.js';
import { actionPermission, signedQuery } from './triggers/callback-url.js';

/** Injection token of the open store. */
export const DATABASE = Symbol('isthmus.orchestrator.database');
/** Injection token of the validated settings. */
export const SETTINGS = Symbol('isthmus.orchestrator.settings');

/** How the parts of the orchestrator are made from its settings. */
export function providersOf(settings: OrchestratorSettings): Provider[] {
  return [{ provide: SETTINGS, useValue: settings }, ...storesOf(settings), ...runnersOf(settings)];
}

function storesOf(settings: OrchestratorSettings): Provider[] {
  return [
    {
      provide: DATABASE,
      inject: [Readiness],
      useFactory: async (readiness: Readiness) => {
        const database = await openDatabase<Tables>({
          service: 'orchestrator',
          migrations,
          url: settings.databaseUrl,
          dataFolder: resolve(settings.dataFolder, 'postgres'),
        });
        readiness.register('database', () => database.ping());
        return database;
      },
    },
    {
      provide: DefinitionsStore,
      inject: [DATABASE],
      useFactory: (database: Database<Tables>) => new DefinitionsStore(database),
    },
    {
      provide: RunsStore,
      inject: [DATABASE],
      useFactory: (database: Database<Tables>) => new RunsStore(database),
    },
  ];
}

function runnersOf(settings: OrchestratorSettings): Provider[] {
  return [
    {
      provide: WorkflowRegistry,
      inject: [DefinitionsStore],
      useFactory: async (store: DefinitionsStore) =>
        new WorkflowRegistry({
          store,
          appSettings: await readAppSettings(settings.appSettingsFile),
          callbackUrl: (workflow, runId, path) =>
            actionCallback(settings, { workflow, runId, path }),
        }),
    },
    {
      provide: RunService,
      inject: [DATABASE, RunsStore, WorkflowRegistry, LOGGER],
      useFactory: (
        database: Database<Tables>,
        runs: RunsStore,
        registry: WorkflowRegistry,
        logger: Logger,
      ) =>
        new RunService({
          settings,
          stores: {
            journal: new JournalStore(database),
            replicas: new ReplicasStore(database),
            runs,
          },
          registry,
          logger,
          lost: (err) => {
            logger.fatal({ err }, 'another replica owns our runs now');
            process.exit(1);
          },
        }),
    },
  ];
}

/** @throws Error that names the file when it is no JSON object of texts. */
async function readAppSettings(path: string | undefined): Promise<Record<string, string>> {
  if (path === undefined) return {};
  const value = JSON.parse(await readFile(path, 'utf8')) as unknown;
  const isTexts =
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((text) => typeof text === 'string');
  if (!isTexts) throw new Error(`${path} must be a JSON object of texts`);
  return value as Record<string, string>;
}

function actionCallback(
  settings: OrchestratorSettings,
  { workflow, runId, path }: { workflow: string; runId: string; path: string },
): string {
  const base = settings.publicUrl ?? `http://${settings.host}:${settings.port}`;
  const query = signedQuery(runId, workflow, { permission: actionPermission(runId, path) });
  return `${base}/api/${encodeURIComponent(workflow)}/runs/${runId}/actions/${encodeURIComponent(path)}/callback?${query.toString()}`;
}
