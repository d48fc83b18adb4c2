import { createClientAsync, type Client } from 'soap';
import {
  ConnectorError,
  type Connection,
  type Connector,
  type CredentialStore,
  type OperationAnswer,
  type OperationCall,
} from '@isthmus/connectors';
import { correlationHeaders } from '@isthmus/host';
import { answerOfFault, failureOf } from './soap-failure.js';
import { swaggerOf, type PortDescription } from './swagger.js';

const largestAnswer = 50 * 1024 * 1024;
const answerTimeoutMs = 100_000;

/** Numbers and dates stay text as they came: floats would lose digits, dates their zone. */
const customDeserializer = Object.fromEntries(
  ['decimal', 'dateTime', 'date', 'time'].map((type) => [type, (text: string) => text]),
);

/**
 * A SOAP service as JSON operations: `POST /{operation}` with the input as a JSON object answers
 * the output as JSON. The connection's `baseUrl` replaces the address of the WSDL. Repeating
 * elements are arrays even with one item.
 * @throws Error that names the WSDL when it cannot be read.
 */
export async function soapConnector(
  name: string,
  wsdl: string,
  credentials: CredentialStore,
): Promise<Connector> {
  const open = (endpoint?: string) =>
    createClientAsync(wsdl, { customDeserializer, ...(endpoint ? { endpoint } : {}) });
  const described = await open().catch((cause: unknown) => {
    throw new Error(`Connector ${name}: ${wsdl}: ${(cause as Error).message}`, { cause });
  });
  const operations = describePort(described);
  const methods = new Map(
    Object.keys(operations).map((operation) => [operation.toLowerCase(), operation]),
  );
  // One client an address: the package keeps the address in the client.
  const clients = new Map<string, Promise<Client>>();
  const clientOf = ({ baseUrl }: Connection): Promise<Client> | Client => {
    if (baseUrl === undefined) return described;
    const known = clients.get(baseUrl) ?? open(baseUrl);
    clients.set(baseUrl, known);
    return known;
  };
  return {
    name,
    swagger: swaggerOf(name, operations),
    call: async (call) => {
      const operation = methods.get(call.path.slice(1).toLowerCase());
      if (operation === undefined || call.method !== 'POST') {
        throw new ConnectorError(
          404,
          'OperationNotFound',
          `The connector has no operation ${call.method} ${call.path}.`,
        );
      }
      return invoke({ client: await clientOf(call.connection), operation, call, credentials });
    },
  };
}

/** The operations of the first port; the others of a service offer the same by other bindings. */
function describePort(client: Client): PortDescription {
  const services = client.describe() as Record<string, Record<string, PortDescription>>;
  return Object.values(Object.values(services)[0] ?? {})[0] ?? {};
}

interface Invocation {
  readonly client: Client;
  readonly operation: string;
  readonly call: OperationCall;
  readonly credentials: CredentialStore;
}

async function invoke({
  client,
  operation,
  call,
  credentials,
}: Invocation): Promise<OperationAnswer> {
  const input = inputOf(call);
  const { headers } = await credentials.authorise(call.connection);
  const idempotency = call.headers['x-ms-client-request-id'];
  const sent = {
    ...correlationHeaders(),
    ...headers,
    ...(idempotency ? { 'idempotency-key': idempotency } : {}),
  };
  try {
    return { status: 200, body: checkAnswer(await send(client, operation, input, sent)) };
  } catch (error) {
    if (error instanceof ConnectorError) throw error;
    return answerOfFault(failureOf(error, call.connection.baseUrl ?? operation));
  }
}

type SoapCallback = (error: unknown, answer: unknown) => void;
type SoapMethod = (input: object, done: SoapCallback, options: object, headers: object) => void;

function send(
  client: Client,
  operation: string,
  input: object,
  headers: Record<string, string>,
): Promise<unknown> {
  const options = { timeout: answerTimeoutMs, maxContentLength: largestAnswer, maxRedirects: 0 };
  return new Promise((resolve, reject) => {
    const method = (client as unknown as Record<string, SoapMethod>)[operation]!;
    const done: SoapCallback = (error, answer) => {
      if (error === null || error === undefined) resolve(answer);
      // The package rejects with plain objects too; the caller classifies whatever came.
      else reject(error as Error);
    };
    method(input, done, options, headers);
  });
}

function inputOf(call: OperationCall): object {
  if (call.body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(call.body.toString('utf8'));
  } catch (error) {
    throw new ConnectorError(
      400,
      'InvalidJson',
      `The body is not JSON: ${(error as Error).message}`,
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ConnectorError(
      400,
      'InvalidInput',
      'The input of a SOAP operation is a JSON object.',
    );
  }
  return value;
}

/** The package turns text that is no number into NaN and an empty answer into `{}`: neither is an answer. */
function checkAnswer(answer: unknown, path = ''): unknown {
  if (typeof answer === 'number' && Number.isNaN(answer)) {
    throw new ConnectorError(
      502,
      'InvalidResponse',
      `The service answered ${path || 'a value'} that is no number.`,
    );
  }
  if (answer instanceof Date && Number.isNaN(answer.getTime())) {
    throw new ConnectorError(
      502,
      'InvalidResponse',
      `The service answered ${path || 'a value'} that is no date.`,
    );
  }
  if (typeof answer === 'object' && answer !== null && !(answer instanceof Date)) {
    for (const [key, value] of Object.entries(answer)) checkAnswer(value, `${path}/${key}`);
  }
  return answer;
}
