import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import type { Provider } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { openDatabase } from '@isthmus/database';
import { EntraStrategy } from '@isthmus/entra';
import { LOGGER, Readiness, type Logger } from '@isthmus/host';
import type { OrchestratorSettings } from './app.module.js';
import { WorkflowDeployer } from './definitions/workflow-deployer.js';
import { WorkflowRegistry } from './definitions/workflow-registry.js';
import { Finder } from './history/find.js';
import { RunHistories } from './history/run-history.js';
import { readAppSettings } from './app-settings.js';
import { AccountArtifacts } from './integration-accounts/account-artifacts.js';
import { Background } from './maintenance/background.js';
import { Retention, retentionTimes } from './maintenance/retention.js';
import { migrations } from './migrations/index.js';
import { outgoingOf } from './outgoing-settings.js';
import { RunService } from './runner/run-service.js';
import { AdmissionStore } from './store/admission.store.js';
import { BatchesStore } from './store/batches.store.js';
import { DefinitionsStore } from './store/definitions.store.js';
import { IntegrationAccountsStore } from './store/integration-accounts.store.js';
import { JournalStore } from './store/journal.store.js';
import { ReplicasStore } from './store/replicas.store.js';
import { RunsStore } from './store/runs.store.js';
import type { Tables } from './store/tables.js';
import { TriggersStore } from './store/triggers.store.js';
import { BatchCollector } from './triggers/batch-collector.js';
import { CallbackUrls } from './triggers/callback-urls.js';
import { CallerAccess } from './triggers/caller-access.js';
import { RequestTriggers } from './triggers/request-triggers.js';
import { TriggerGate } from './triggers/trigger-gate.js';
import { CALL_LIMITS, TriggerHost } from './triggers/trigger-host.js';
import { TriggerScheduler } from './triggers/trigger-scheduler.js';
import { TriggerSync } from './triggers/trigger-sync.js';
import { TriggerTasks } from './triggers/trigger-tasks.js';

/** Injection token of the open store. */
export const DATABASE = Symbol('isthmus.orchestrator.database');
/** Injection token of the validated settings. */
export const SETTINGS = Symbol('isthmus.orchestrator.settings');
/** Injection token of the app settings by name. */
export const APP_SETTINGS = Symbol('isthmus.orchestrator.app-settings');
/** Injection token of what is called when the lease is lost. */
export const LEASE_LOST = Symbol('isthmus.orchestrator.lease-lost');

/** How the parts of the orchestrator are made from its settings. */
export function providersOf(settings: OrchestratorSettings): Provider[] {
  const { responseTimeout, largestBody, callerAddresses, trustedProxies } = settings;
  return [
    { provide: SETTINGS, useValue: settings },
    { provide: CALL_LIMITS, useValue: { responseTimeout, largestBody } },
    { provide: CallerAccess, useValue: new CallerAccess(callerAddresses, trustedProxies) },
    databaseOf(settings),
    ...stores.map((Store) => made(Store, [DATABASE])),
    ...definitionsOf(settings),
    ...runnersOf(settings),
    ...triggers,
    ...backgroundOf(settings),
  ];
}

const stores = [
  AdmissionStore,
  BatchesStore,
  DefinitionsStore,
  IntegrationAccountsStore,
  JournalStore,
  ReplicasStore,
  RunsStore,
  TriggersStore,
];

/** A provider whose class takes others as its arguments. */
function made<Arguments extends unknown[]>(
  type: new (...dependencies: Arguments) => object,
  inject: (symbol | (abstract new (...values: never[]) => object))[],
): Provider {
  return {
    provide: type,
    inject,
    useFactory: (...dependencies: unknown[]) => new type(...(dependencies as Arguments)),
  };
}

function databaseOf(settings: OrchestratorSettings): Provider {
  return {
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
  };
}

function definitionsOf(settings: OrchestratorSettings): Provider[] {
  return [
    { provide: APP_SETTINGS, useFactory: () => readAppSettings(settings.appSettingsFile) },
    {
      provide: CallbackUrls,
      inject: [HttpAdapterHost],
      useFactory: (host: HttpAdapterHost) => new CallbackUrls(() => baseOf(settings, host)),
    },
    {
      provide: WorkflowRegistry,
      inject: [DefinitionsStore, AccountArtifacts, CallbackUrls, APP_SETTINGS],
      useFactory: (...parts: RegistryParts) => {
        const [store, accounts, urls, appSettings] = parts;
        return new WorkflowRegistry({
          store,
          accounts,
          appSettings,
          callbackUrl: (workflow, runId, path) => urls.action(workflow, runId, path),
        });
      },
    },
    {
      provide: WorkflowDeployer,
      inject: [WorkflowRegistry, DefinitionsStore, TriggerSync, RunService, RunsStore],
      useFactory: (
        ...parts: [WorkflowRegistry, DefinitionsStore, TriggerSync, RunService, RunsStore]
      ) => {
        const [registry, store, sync, runs, history] = parts;
        return new WorkflowDeployer({ registry, store, triggers: sync, runs, history });
      },
    },
    made(AccountArtifacts, [IntegrationAccountsStore]),
    made(RunHistories, [RunsStore, JournalStore, WorkflowRegistry]),
    made(Finder, [DefinitionsStore, WorkflowRegistry, RunHistories, CallbackUrls]),
  ];
}

function runnersOf(settings: OrchestratorSettings): Provider[] {
  const { durability, lease, heartbeat, poisonLimit } = settings;
  return [
    {
      provide: LEASE_LOST,
      inject: [LOGGER],
      useFactory: (logger: Logger) => (err: Error) => {
        logger.fatal({ err }, 'another replica owns our runs now');
        process.exit(1);
      },
    },
    {
      provide: RunService,
      inject: [
        JournalStore,
        ReplicasStore,
        RunsStore,
        AdmissionStore,
        WorkflowRegistry,
        BatchCollector,
        LEASE_LOST,
        LOGGER,
      ],
      useFactory: (...parts: RunParts) => {
        const [journal, replicas, runs, admission, registry, batches, lost, logger] = parts;
        return new RunService({
          settings: { durability, lease, heartbeat, poisonLimit, ...outgoingOf(settings) },
          stores: { journal, replicas, runs, admission },
          registry,
          logger,
          lost,
          sendToBatch: (effect) => batches.send(effect),
        });
      },
    },
  ];
}

type RegistryParts = [DefinitionsStore, AccountArtifacts, CallbackUrls, Record<string, string>];

type RunParts = [
  JournalStore,
  ReplicasStore,
  RunsStore,
  AdmissionStore,
  WorkflowRegistry,
  BatchCollector,
  (error: Error) => void,
  Logger,
];

const triggers: Provider[] = [
  made(BatchCollector, [BatchesStore, WorkflowRegistry, AccountArtifacts]),
  made(TriggerSync, [WorkflowRegistry, TriggersStore, LOGGER]),
  {
    provide: TriggerHost,
    inject: [WorkflowRegistry, RunService, RunsStore, TriggersStore, CallbackUrls],
    useFactory: (
      ...parts: [WorkflowRegistry, RunService, RunsStore, TriggersStore, CallbackUrls]
    ) => {
      const [registry, runs, store, attempts, urls] = parts;
      return new TriggerHost({ registry, runs, store, triggers: attempts, urls });
    },
  },
  made(TriggerGate, [WorkflowRegistry, RunService, CallerAccess, EntraStrategy]),
  made(RequestTriggers, [TriggerGate, TriggerHost, CALL_LIMITS]),
  made(TriggerTasks, [TriggerHost]),
];

function backgroundOf({ retentionDays }: OrchestratorSettings): Provider[] {
  return [
    {
      provide: TriggerScheduler,
      inject: [
        TriggersStore,
        WorkflowRegistry,
        RunService,
        TriggerTasks,
        BatchCollector,
        TriggerSync,
        LOGGER,
      ],
      useFactory: (...parts: SchedulerArguments) => {
        const [store, registry, runs, tasks, batches, sync, logger] = parts;
        return new TriggerScheduler({ store, registry, runs, tasks, batches, sync, logger });
      },
    },
    {
      provide: Retention,
      inject: [RunsStore, TriggersStore, BatchesStore, APP_SETTINGS, LOGGER],
      useFactory: (
        ...parts: [RunsStore, TriggersStore, BatchesStore, Record<string, string>, Logger]
      ) => {
        const [runs, attempts, batches, appSettings, logger] = parts;
        const times = retentionTimes(retentionDays, appSettings);
        return new Retention({ runs, triggers: attempts, batches }, times, logger);
      },
    },
    {
      provide: Background,
      inject: [
        DATABASE,
        RunService,
        WorkflowRegistry,
        AdmissionStore,
        TriggerScheduler,
        Retention,
        LOGGER,
      ],
      useFactory: (...parts: BackgroundArguments) => {
        const [database, runs, registry, admission, scheduler, retention, logger] = parts;
        const background = new Background({
          database,
          runs,
          registry,
          admission,
          scheduler,
          retention,
          logger,
        });
        runs.onEnded((run) => background.ended(run));
        return background;
      },
    },
  ];
}

type SchedulerArguments = [
  TriggersStore,
  WorkflowRegistry,
  RunService,
  TriggerTasks,
  BatchCollector,
  TriggerSync,
  Logger,
];

type BackgroundArguments = [
  Awaited<ReturnType<typeof openDatabase<Tables>>>,
  RunService,
  WorkflowRegistry,
  AdmissionStore,
  TriggerScheduler,
  Retention,
  Logger,
];

/** The address under which others reach the orchestrator; that of the listener when none is set. */
function baseOf(settings: OrchestratorSettings, { httpAdapter }: HttpAdapterHost): string {
  if (settings.publicUrl !== undefined) return settings.publicUrl.replace(/\/$/, '');
  const listener = (
    httpAdapter?.getHttpServer() as { address?(): unknown } | undefined
  )?.address?.();
  const port = (listener as AddressInfo | null | undefined)?.port ?? settings.port;
  return `http://${settings.host}:${port}`;
}
