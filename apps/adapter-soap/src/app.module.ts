import { Module, type DynamicModule } from '@nestjs/common';
import { ConnectorsModule, type AdapterSettings } from '@isthmus/connectors';
import { loadSoapConnectors } from '@isthmus/soap-connectors';

/** Serves every WSDL of the connectors folder as JSON operations. */
@Module({})
export class AppModule {
  static with(settings: AdapterSettings): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConnectorsModule.with(settings, (credentials) =>
          settings.connectorsFolder
            ? loadSoapConnectors(settings.connectorsFolder, credentials)
            : [],
        ),
      ],
    };
  }
}
