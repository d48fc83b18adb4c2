import { adapterSettings } from '@isthmus/connectors';

export const settings = adapterSettings({ port: 8083, managementPort: 8183 });
