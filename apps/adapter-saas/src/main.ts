import 'reflect-metadata';
import { runService } from '@isthmus/host';
import { AppModule } from './app.module.js';
import { settings } from './settings.js';

await runService({
  name: 'adapter-saas',
  description: 'hand-written connectors of SaaS systems',
  settings,
  bodyLimit: false,
  module: (values) => AppModule.with(values),
});
