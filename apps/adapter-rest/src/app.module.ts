import { Module, type DynamicModule } from '@nestjs/common';
import { ConnectorsModule, loadConnectors, type AdapterSettings } from '@isthmus/connectors';

/** Serves every connector definition of the connectors folder. */
@Module({})
export class AppModule {
  static with(settings: AdapterSettings): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConnectorsModule.with(settings, (credentials) =>
          settings.connectorsFolder ? loadConnectors(settings.connectorsFolder, credentials) : [],
        ),
      ],
    };
  }
}
