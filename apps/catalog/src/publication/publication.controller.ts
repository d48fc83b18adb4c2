import { Controller, Req, Res } from '@nestjs/common';
import {
  readGatewayConfiguration,
  reportCallTrace,
  reportGatewayStatus,
  type GatewayConfiguration,
  type InputOf,
} from '@isthmus/contracts';
import { Implements, Input } from '@isthmus/host';
import { OpenRoute } from '@isthmus/entra';
import type { Request, Response } from 'express';
import { Catalog } from '../resources/catalog.js';
import { buildConfiguration, revisionOf } from './build-configuration.js';
import { ChangeSignal } from './change-signal.js';
import { GatewayCredentials } from './gateway-credentials.js';
import { CallTraceStore } from './store/call-trace.store.js';
import { GatewayReportStore } from './store/gateway-report.store.js';

/** What gateways ask of the catalog. */
@Controller()
@OpenRoute('gateways have keys of their own, checked here')
export class PublicationController {
  constructor(
    private readonly catalog: Catalog,
    private readonly signal: ChangeSignal,
    private readonly credentials: GatewayCredentials,
    private readonly reports: GatewayReportStore,
    private readonly traces: CallTraceStore,
  ) {}

  @Implements(readGatewayConfiguration)
  async configuration(
    @Input(readGatewayConfiguration) input: InputOf<typeof readGatewayConfiguration>,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<GatewayConfiguration> {
    const { gatewayId: gateway } = input.params;
    const { since, wait = 0 } = input.query;
    await this.credentials.check(gateway, request.get('authorization'));
    // Waiting begins before looking: a change in between is not missed.
    const waiting = this.signal.begin();
    const position = await this.catalog.store.position();
    if (wait > 0 && revisionOf(since, position) === position.revision) {
      const left = new AbortController();
      response.once('close', () => left.abort());
      await waiting.changed(wait * 1000, left.signal);
    } else {
      await waiting.changed(0, AbortSignal.abort());
    }
    response.setHeader('Cache-Control', 'no-store');
    return buildConfiguration(this.catalog.store, this.catalog.vault, { gateway, since });
  }

  @Implements(reportGatewayStatus)
  async status(
    @Input(reportGatewayStatus) input: InputOf<typeof reportGatewayStatus>,
    @Req() request: Request,
  ): Promise<void> {
    const { gatewayId } = input.params;
    await this.credentials.check(gatewayId, request.get('authorization'));
    await this.reports.put(gatewayId.toLowerCase(), input.body);
  }

  @Implements(reportCallTrace)
  async trace(
    @Input(reportCallTrace) input: InputOf<typeof reportCallTrace>,
    @Req() request: Request,
  ): Promise<void> {
    const { gatewayId, traceId } = input.params;
    await this.credentials.check(gatewayId, request.get('authorization'));
    await this.traces.put(gatewayId.toLowerCase(), { ...input.body, traceId });
  }
}
