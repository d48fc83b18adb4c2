import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { Database } from '@isthmus/database';
import { LOGGER, type Logger } from '@isthmus/host';
import type { OrchestratorSettings } from './app.module.js';
import { readProjectFolder } from './definitions/project-folder.js';
import { WorkflowRegistry } from './definitions/workflow-registry.js';
import { DATABASE, SETTINGS } from './providers.js';
import { RunService } from './runner/run-service.js';
import type { Tables } from './store/tables.js';

/** Brings the orchestrator up in order, and down in the opposite one. */
@Injectable()
export class OrchestratorStart implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(SETTINGS) private readonly settings: OrchestratorSettings,
    @Inject(DATABASE) private readonly database: Database<Tables>,
    @Inject(WorkflowRegistry) private readonly registry: WorkflowRegistry,
    @Inject(RunService) private readonly runs: RunService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.runs.start();
    const { projectFolder } = this.settings;
    if (projectFolder !== undefined) {
      const deployed = await this.registry.deployProject(await readProjectFolder(projectFolder));
      this.logger.info({ workflows: deployed.map(({ name }) => name) }, 'project deployed');
    }
    await this.runs.scan();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.runs.stop();
    await this.database.close();
  }
}
