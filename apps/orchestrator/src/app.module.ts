import { Inject, Module, type DynamicModule, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { EntraModule } from '@isthmus/entra';
import type { hostSettings, Settings } from '@isthmus/host';
import { ContentsController } from './history/contents.controller.js';
import { numbersAsWritten } from './history/json-numbers.js';
import { LocationsController } from './history/locations.controller.js';
import { RunActionsController } from './history/run-actions.controller.js';
import { RunOperationsController } from './history/run-operations.controller.js';
import { RunsController } from './history/runs.controller.js';
import { TriggersController } from './history/triggers.controller.js';
import { UnsupportedController } from './history/unsupported.controller.js';
import { WorkflowOperationsController } from './history/workflow-operations.controller.js';
import { WorkflowsController } from './history/workflows.controller.js';
import { AccountArtifactsController } from './integration-accounts/account-artifacts.controller.js';
import { IntegrationAccountsController } from './integration-accounts/integration-accounts.controller.js';
import { OrchestratorStart } from './orchestrator-start.js';
import { providersOf } from './providers.js';
import type { settings } from './settings.js';
import { CallbackController } from './triggers/callback.controller.js';
import { TriggerPlane } from './triggers/trigger-plane.js';

export type OrchestratorSettings = Settings<typeof settings & typeof hostSettings>;

/** The orchestrator: triggers, runs and their management API. */
@Module({})
export class AppModule implements OnModuleInit {
  constructor(@Inject(HttpAdapterHost) private readonly host: HttpAdapterHost) {}

  onModuleInit(): void {
    const express = this.host.httpAdapter.getInstance<{
      set(name: string, value: unknown): void;
    }>();
    express.set('json replacer', numbersAsWritten);
  }

  static with(values: OrchestratorSettings): DynamicModule {
    const { issuer, tenants, audience, environment } = values;
    return {
      module: AppModule,
      imports: [
        EntraModule.with({
          issuer,
          tenants: [...tenants],
          audience: [...audience],
          allowHttp: environment !== 'production',
        }),
      ],
      controllers: [
        CallbackController,
        // Before the actions, whose addresses it shares.
        ContentsController,
        LocationsController,
        WorkflowsController,
        WorkflowOperationsController,
        TriggersController,
        RunsController,
        RunActionsController,
        RunOperationsController,
        IntegrationAccountsController,
        AccountArtifactsController,
        UnsupportedController,
      ],
      providers: [...providersOf(values), TriggerPlane, OrchestratorStart],
    };
  }
}
