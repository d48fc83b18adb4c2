import 'reflect-metadata';
import { resolve } from 'node:path';
import { runService } from '@isthmus/host';
import { AppModule } from './app.module.js';
import { settings } from './settings.js';

await runService({
  name: 'catalog',
  description:
    'Management plane: APIs, products, subscriptions, policies; publication to gateways.',
  settings,
  bodyLimit: '20mb',
  module: ({ issuer, tenants, audience, metadataUrl, ...rest }) =>
    AppModule.with({
      ...rest,
      dataFolder: resolve(rest.dataFolder),
      entra: {
        issuer,
        tenants,
        audience,
        metadataUrl,
        allowHttp: rest.environment !== 'production',
      },
    }),
});
