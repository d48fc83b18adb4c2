import { Inject, Injectable } from '@nestjs/common';
import { LOGGER, Readiness } from '@isthmus/host';
import type { Logger } from '@isthmus/host';
import type { GatewaySettings } from './settings.js';
import { SETTINGS } from './settings.token.js';

/** What every part of the gateway has of its process: settings, log, readiness. */
@Injectable()
export class GatewayProcess {
  constructor(
    @Inject(SETTINGS) readonly settings: GatewaySettings,
    @Inject(LOGGER) readonly logger: Logger,
    @Inject(Readiness) readonly readiness: Readiness,
  ) {}
}
