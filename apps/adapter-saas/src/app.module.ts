import { Module, type DynamicModule } from '@nestjs/common';
import { ConnectorsModule, type AdapterSettings } from '@isthmus/connectors';
import { crmConnector } from './crm/crm-connector.js';

/** Serves the hand-written connectors; one line each. */
@Module({})
export class AppModule {
  static with(settings: AdapterSettings): DynamicModule {
    return {
      module: AppModule,
      imports: [ConnectorsModule.with(settings, (credentials) => [crmConnector(credentials)])],
    };
  }
}
