import { Controller, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { RequiresRole } from '@isthmus/entra';
import type { Request } from 'express';
import { WorkflowDeployer } from '../definitions/workflow-deployer.js';
import { readText } from './read-text.js';

/** Validation of workflows that are not deployed, in the shape of `Microsoft.Logic/locations/workflows`. */
@Controller(
  'subscriptions/:subscription/resourceGroups/:resourceGroup/providers/Microsoft.Logic/locations/:location/workflows',
)
export class LocationsController {
  constructor(@Inject(WorkflowDeployer) private readonly deployer: WorkflowDeployer) {}

  @Post(':name/validate')
  @HttpCode(200)
  @RequiresRole('Isthmus.Reader')
  async validate(@Param() { name }: { name: string }, @Req() request: Request): Promise<void> {
    await this.deployer.validate(name, await readText(request));
  }
}
