import { Controller, Inject, Req, Res } from '@nestjs/common';
import { listDebugCredentials, listTrace, type InputOf, type OutputOf } from '@isthmus/contracts';
import { Implements, Input, ServiceError } from '@isthmus/host';
import { RequiresRole } from '@isthmus/entra';
import type { Request, Response } from 'express';
import { CallTraceStore } from '../publication/store/call-trace.store.js';
import { Catalog } from '../resources/catalog.js';
import { notFound } from '../resources/preconditions.js';
import { SERVICE_IDENTITY } from '../resources/resources.controller.js';
import { parseAddress, type ServiceIdentity } from '../resources/service-address.js';
import { debugCredential } from './debug-credential.js';

/** The API inspector: credentials to trace calls with, and the traces that gateways recorded. */
@Controller()
@RequiresRole('Isthmus.Publisher')
export class TraceController {
  constructor(
    private readonly catalog: Catalog,
    private readonly traces: CallTraceStore,
    @Inject(SERVICE_IDENTITY) private readonly identity: ServiceIdentity,
  ) {}

  @Implements(listDebugCredentials)
  async credentials(
    @Input(listDebugCredentials) { params, body }: InputOf<typeof listDebugCredentials>,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<OutputOf<typeof listDebugCredentials>> {
    await this.#gateway(request, params.gatewayId);
    response.setHeader('Cache-Control', 'no-store');
    return debugCredential(body, this.identity.traceSecret, Date.now());
  }

  @Implements(listTrace)
  async trace(
    @Input(listTrace) { params, body }: InputOf<typeof listTrace>,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<OutputOf<typeof listTrace>> {
    const gateway = await this.#gateway(request, params.gatewayId);
    const found = await this.traces.find(gateway, body.traceId);
    if (!found)
      throw new ServiceError(
        404,
        'ResourceNotFound',
        `There is no trace '${body.traceId}', or it is older than an hour.`,
      );
    response.setHeader('Cache-Control', 'no-store');
    return found;
  }

  /** The name under which a gateway's traces are kept. */
  async #gateway(request: Request, gatewayId: string): Promise<string> {
    parseAddress(request.path, this.identity);
    if (!(await this.catalog.store.find(`/gateways/${gatewayId}`))) throw notFound('Gateway');
    return gatewayId.toLowerCase();
  }
}
