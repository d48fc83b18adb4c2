import 'reflect-metadata';
import { runService } from '@isthmus/host';
import { AppModule } from './app.module.js';
import { settings } from './settings.js';

await runService({
  name: 'orchestrator',
  description: 'runs workflow definitions durably',
  settings,
  bodyLimit: false,
  module: (values) => AppModule.with(values),
});
