import { Module, type DynamicModule } from '@nestjs/common';
import type { AdapterSettings } from './adapter-settings.js';
import { loadConnections, type Connection } from './connection.js';
import type { Connector } from './connector.js';
import { ConnectorController, CONNECTORS, type ConnectorSet } from './connector.controller.js';
import { CredentialStore } from './credentials.js';

/** Makes the connectors of an adapter; they authenticate through the given store. */
export type MakeConnectors = (credentials: CredentialStore) => Connector[] | Promise<Connector[]>;

/** The HTTP face of an adapter service: its connectors, joined with the connections of its settings. */
@Module({})
export class ConnectorsModule {
  static with(settings: AdapterSettings, makeConnectors: MakeConnectors): DynamicModule {
    return {
      module: ConnectorsModule,
      controllers: [ConnectorController],
      providers: [
        { provide: CONNECTORS, useFactory: () => connectorSet(settings, makeConnectors) },
      ],
    };
  }
}

/** @throws Error that names a connection whose connector does not exist, or a file at fault. */
async function connectorSet(
  settings: AdapterSettings,
  makeConnectors: MakeConnectors,
): Promise<ConnectorSet> {
  const connectors = new Map(
    (await makeConnectors(new CredentialStore())).map((connector) => [connector.name, connector]),
  );
  const connections: ReadonlyMap<string, Connection> = settings.connectionsFile
    ? await loadConnections(settings.connectionsFile)
    : new Map<string, Connection>();
  for (const { name, connector } of connections.values()) {
    if (connectors.has(connector)) continue;
    const known = [...connectors.keys()].join(', ') || 'none';
    throw new Error(
      `Connection '${name}' names connector '${connector}', which is not one of: ${known}.`,
    );
  }
  const { accessKey, timeout, largestBody } = settings;
  return {
    connectors,
    connections,
    timeout,
    largestBody,
    ...(accessKey === undefined ? {} : { accessKey }),
  };
}
