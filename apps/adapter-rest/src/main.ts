import 'reflect-metadata';
import { runService } from '@isthmus/host';
import { AppModule } from './app.module.js';
import { settings } from './settings.js';

await runService({
  name: 'adapter-rest',
  description: 'connectors described by OpenAPI 2.0 definitions',
  settings,
  bodyLimit: false,
  module: (values) => AppModule.with(values),
});
