import { readFile } from 'node:fs/promises';
import { Type, validate, type Static } from '@isthmus/contracts';

/** A secret in a connections file: the text itself, or the file that holds it (a mounted Secret). */
const Secret = Type.Union([
  Type.String(),
  Type.Object({ file: Type.String() }, { additionalProperties: false }),
]);

const Credentials = Type.Union([
  Type.Object({ type: Type.Literal('none') }, { additionalProperties: false }),
  Type.Object(
    {
      type: Type.Literal('apiKey'),
      in: Type.Union([Type.Literal('header'), Type.Literal('query')]),
      name: Type.String({ minLength: 1 }),
      value: Secret,
    },
    { additionalProperties: false },
  ),
  Type.Object(
    { type: Type.Literal('basic'), username: Type.String(), password: Secret },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      type: Type.Literal('oauth2ClientCredentials'),
      tokenUrl: Type.String({ format: 'uri' }),
      clientId: Type.String(),
      clientSecret: Secret,
      scope: Type.Optional(Type.String()),
    },
    { additionalProperties: false },
  ),
]);
/** How a connection authenticates to its system. */
export type Credentials = Static<typeof Credentials>;

const ConnectionsFile = Type.Object(
  {
    connections: Type.Record(
      Type.String({ pattern: '^[A-Za-z0-9_-]{1,80}$' }),
      Type.Object(
        {
          connector: Type.String(),
          /** Base URL of the system, replacing the one of the connector's definition. */
          baseUrl: Type.Optional(Type.String({ format: 'uri' })),
          parameters: Type.Optional(Type.Record(Type.String(), Type.String())),
          credentials: Type.Optional(Credentials),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: true },
);

/** An authenticated use of a connector, by the name that stands in `connectionRuntimeUrl`. */
export interface Connection {
  readonly name: string;
  readonly connector: string;
  readonly baseUrl?: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly credentials: Credentials;
}

/**
 * Reads a connections file.
 * @throws Error with a sentence that names the file and the member at fault.
 */
export async function loadConnections(path: string): Promise<ReadonlyMap<string, Connection>> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new Error(`Connections file ${path} cannot be read`, { cause });
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Error(`Connections file ${path} is not JSON: ${(cause as Error).message}`, { cause });
  }
  const checked = validate(ConnectionsFile, value);
  if (!checked.ok) {
    const { target, message } = checked.details[0]!;
    throw new Error(`Connections file ${path}: ${target} ${message}`);
  }
  return new Map(
    Object.entries(checked.value.connections).map(([name, entry]) => [
      name,
      { name, parameters: {}, credentials: { type: 'none' }, ...entry },
    ]),
  );
}

/** The text of a secret. */
export async function secretText(secret: Static<typeof Secret>): Promise<string> {
  return typeof secret === 'string' ? secret : (await readFile(secret.file, 'utf8')).trim();
}
