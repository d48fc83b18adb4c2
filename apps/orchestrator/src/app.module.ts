import { Module, type DynamicModule } from '@nestjs/common';
import { EntraModule } from '@isthmus/entra';
import type { hostSettings, Settings } from '@isthmus/host';
import { RunsController } from './history/runs.controller.js';
import { WorkflowsController } from './history/workflows.controller.js';
import { OrchestratorStart } from './orchestrator-start.js';
import { providersOf } from './providers.js';
import type { settings } from './settings.js';
import {
  RequestTriggerController,
  TRIGGER_SETTINGS,
} from './triggers/request-trigger.controller.js';

export type OrchestratorSettings = Settings<typeof settings & typeof hostSettings>;

/** The orchestrator: triggers, runs and their management API. */
@Module({})
export class AppModule {
  static with(values: OrchestratorSettings): DynamicModule {
    const { issuer, tenants, audience, environment, responseTimeout, largestBody } = values;
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
      controllers: [RequestTriggerController, WorkflowsController, RunsController],
      providers: [
        ...providersOf(values),
        { provide: TRIGGER_SETTINGS, useValue: { responseTimeout, largestBody } },
        OrchestratorStart,
      ],
    };
  }
}
