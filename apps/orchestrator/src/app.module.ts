import { Module, type DynamicModule } from '@nestjs/common';
import { EntraModule } from '@isthmus/entra';
import type { hostSettings, Settings } from '@isthmus/host';
import { ContentsController } from './history/contents.controller.js';
import { LocationsController } from './history/locations.controller.js';
import { RunActionsController } from './history/run-actions.controller.js';
import { RunsController } from './history/runs.controller.js';
import { TriggersController } from './history/triggers.controller.js';
import { WorkflowsController } from './history/workflows.controller.js';
import { OrchestratorStart } from './orchestrator-start.js';
import { providersOf } from './providers.js';
import type { settings } from './settings.js';
import { CallbackController } from './triggers/callback.controller.js';
import { RequestTriggerController } from './triggers/request-trigger.controller.js';

export type OrchestratorSettings = Settings<typeof settings & typeof hostSettings>;

/** The orchestrator: triggers, runs and their management API. */
@Module({})
export class AppModule {
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
        RequestTriggerController,
        CallbackController,
        // Before the actions, whose addresses it shares.
        ContentsController,
        LocationsController,
        WorkflowsController,
        TriggersController,
        RunsController,
        RunActionsController,
      ],
      providers: [...providersOf(values), OrchestratorStart],
    };
  }
}
