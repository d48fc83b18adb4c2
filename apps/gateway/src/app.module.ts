import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { LOGGER } from '@isthmus/host';
import type { Logger } from '@isthmus/host';
import { Configuration } from './configuration/configuration.js';
import { DataPlaneServer } from './data-plane.server.js';
import { GatewayProcess } from './gateway-process.js';
import { GatewayPorts } from './services/gateway-ports.js';
import type { GatewaySettings } from './settings.js';
import { SETTINGS } from './settings.token.js';

/** The gateway's parts: ports of the policy engine, configuration, data plane. */
@Module({})
export class AppModule {
  static with(settings: GatewaySettings): DynamicModule {
    return {
      module: AppModule,
      providers: [
        { provide: SETTINGS, useValue: settings },
        GatewayProcess,
        {
          provide: GatewayPorts,
          inject: [LOGGER],
          useFactory: (logger: Logger) => GatewayPorts.open(settings, logger),
        },
        Configuration,
        DataPlaneServer,
      ],
    };
  }
}
