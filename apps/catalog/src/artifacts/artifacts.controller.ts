import { Controller, Inject, Req } from '@nestjs/common';
import {
  applyResources,
  exportResources,
  listGatewayReports,
  type AppliedResources,
  type InputOf,
  type OutputOf,
} from '@isthmus/contracts';
import { Implements, Input } from '@isthmus/host';
import { RequiresRole } from '@isthmus/entra';
import type { Request } from 'express';
import { everyService } from '../built-in-resources.js';
import { GatewayReportStore } from '../publication/store/gateway-report.store.js';
import { Catalog } from '../resources/catalog.js';
import { SERVICE_IDENTITY } from '../resources/resources.controller.js';
import { parseAddress, type ServiceIdentity } from '../resources/service-address.js';
import { applyList } from './apply-resources.js';

/** Whole configurations in and out, for folders kept in git. */
@Controller()
@RequiresRole('Isthmus.Publisher')
export class ArtifactsController {
  constructor(
    private readonly catalog: Catalog,
    private readonly reports: GatewayReportStore,
    @Inject(SERVICE_IDENTITY) private readonly identity: ServiceIdentity,
  ) {}

  @Implements(applyResources)
  async apply(
    @Input(applyResources) { body }: InputOf<typeof applyResources>,
    @Req() request: Request,
  ): Promise<AppliedResources> {
    parseAddress(request.path, this.identity);
    const { deleteUnmatched = false, dryRun = false } = body;
    return applyList(this.catalog, body.resources, { deleteUnmatched, dryRun });
  }

  @Implements(exportResources)
  async export(@Req() request: Request): Promise<OutputOf<typeof exportResources>> {
    parseAddress(request.path, this.identity);
    const all = await this.catalog.store.all();
    const resources = all
      .filter(({ key, properties }) => !everyService.has(key) && !properties['builtIn'])
      .map(({ id, properties }) => ({ id, properties }));
    return { resources };
  }

  @Implements(listGatewayReports)
  @RequiresRole('Isthmus.Reader')
  async listReports(@Req() request: Request): Promise<OutputOf<typeof listGatewayReports>> {
    parseAddress(request.path, this.identity);
    const { epoch, revision } = await this.catalog.store.position();
    const value = (await this.reports.all()).map(({ reportedAt, ...report }) => ({
      ...report,
      reportedAt: reportedAt.toISOString(),
      current: report.revision === `${epoch}-${revision}`,
    }));
    return { value };
  }
}
