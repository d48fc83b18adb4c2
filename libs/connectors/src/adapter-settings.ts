import { defineSettings, type Settings, type SettingsDeclaration } from '@isthmus/host';

/** What an adapter uses when nothing else is said. */
export interface AdapterDefaults {
  readonly port: number;
  readonly managementPort: number;
  /** The adapter's own connector definitions, where it carries any. */
  readonly connectorsFolder?: string;
}

/** The settings that every adapter service has. */
export function adapterSettings({ port, managementPort, connectorsFolder }: AdapterDefaults) {
  return defineSettings({
    port: { kind: 'port', default: port, description: 'port of the connector operations' },
    managementPort: {
      kind: 'port',
      default: managementPort,
      description: 'port of health and metrics',
    },
    connectorsFolder: {
      kind: 'path',
      optional: true,
      ...(connectorsFolder === undefined ? {} : { default: connectorsFolder }),
      description: 'folder of connector definitions, one folder a connector',
    },
    connectionsFile: {
      kind: 'path',
      optional: true,
      description: 'JSON file of connections with their credentials',
    },
    accessKey: {
      kind: 'secret',
      optional: true,
      description:
        'key that callers send as "Authorization: Key <key>"; absent: the network decides',
    },
    timeout: {
      kind: 'duration',
      default: 100_000,
      description: "longest wait for a system's answer",
    },
    largestBody: {
      kind: 'integer',
      default: 104_857_600,
      description: 'largest request body in bytes',
    },
  } satisfies SettingsDeclaration);
}

/** The values of {@link adapterSettings}. */
export type AdapterSettings = Settings<ReturnType<typeof adapterSettings>>;
