import { adapterSettings } from '@isthmus/connectors';

export const settings = adapterSettings({ port: 8085, managementPort: 8185 });
