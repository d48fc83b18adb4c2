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
import { WorkflowDeployer } from './definitions/workflow-deployer.js';
import { Background } from './maintenance/background.js';
import { DATABASE, SETTINGS } from './providers.js';
import { RunService } from './runner/run-service.js';
import type { Tables } from './store/tables.js';

/** Brings the orchestrator up in order, and down in the opposite one. */
@Injectable()
export class OrchestratorStart implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(SETTINGS) private readonly settings: OrchestratorSettings,
    @Inject(DATABASE) private readonly database: Database<Tables>,
    @Inject(WorkflowDeployer) private readonly deployer: WorkflowDeployer,
    @Inject(RunService) private readonly runs: RunService,
    @Inject(Background) private readonly background: Background,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.runs.start();
    const { projectFolder } = this.settings;
    if (projectFolder !== undefined) {
      const deployed = await this.deployer.deployProject(await readProjectFolder(projectFolder));
      this.logger.info({ workflows: deployed.map(({ name }) => name) }, 'project deployed');
    }
    await this.background.start();
    await this.runs.scan();
  }

  async onApplicationShutdown(): Promise<void> {
    try {
      await this.background.stop();
      await this.runs.stop();
    } finally {
      await this.database.close();
    }
  }
}
