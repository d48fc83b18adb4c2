import 'reflect-metadata';
import { runService } from '@isthmus/host';
import { AppModule } from './app.module.js';
import { settings } from './settings.js';

await runService({
  name: 'adapter-soap',
  description: 'SOAP services as JSON operations, from their WSDL',
  settings,
  bodyLimit: false,
  module: (values) => AppModule.with(values),
});
