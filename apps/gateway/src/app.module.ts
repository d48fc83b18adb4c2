import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { Configuration } from './configuration/configuration.js';
import { DataPlaneServer } from './data-plane.server.js';
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
        GatewayPorts,
        Configuration,
        DataPlaneServer,
      ],
    };
  }
}
