import { adapterSettings } from '@isthmus/connectors';

export const settings = adapterSettings({ port: 8084, managementPort: 8184 });
