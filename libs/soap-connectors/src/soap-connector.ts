import { createClientAsync, type Client } from 'soap';
import { beside } from './beside.js';
import { choosePort, type ChosenPort } from './choose-port.js';
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
import { swaggerOf } from './swagger.js';

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
  const open = (endpoint?: string) => openWsdl(wsdl, endpoint);
  const described = await open().catch((cause: unknown) => {
    throw new Error(`Connector ${name}: ${wsdl}: ${messageOf(cause)}`, { cause });
  });
  const { operations } = described;
  const methods = new Map(
    Object.keys(operations).map((operation) => [operation.toLowerCase(), operation]),
  );
  // One client an address: the package keeps the address in the client.
  const clients = new Map<string, Promise<OpenPort>>();
  const portOf = ({ baseUrl }: Connection): Promise<OpenPort> | OpenPort => {
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
      return invoke({ port: await portOf(call.connection), operation, call, credentials });
    },
  };
}

/** A port with the address that it is called at. */
interface OpenPort extends ChosenPort {
  readonly client: Client;
}

async function openWsdl(wsdl: string, endpoint: string | undefined): Promise<OpenPort> {
  const client = await createClientAsync(wsdl, {
    customDeserializer,
    wsdl_options: { overrideImportLocation: beside(wsdl) },
    ...(endpoint ? { endpoint } : {}),
  });
  const chosen = choosePort(client);
  // The package writes SOAP 1.1 unless it is told; it keeps the choice in its reading of the WSDL.
  (client.wsdl.options as { forceSoap12Headers?: boolean }).forceSoap12Headers =
    chosen.version === '1.2';
  return { ...chosen, client };
}

/** What the package throws when a name leads nowhere tells of the package, not of the document. */
function messageOf(cause: unknown): string {
  if (cause instanceof TypeError)
    return `It names a namespace, element or type that no schema of it declares (${cause.message}).`;
  return cause instanceof Error ? cause.message : String(cause);
}

interface Invocation {
  readonly port: OpenPort;
  readonly operation: string;
  readonly call: OperationCall;
  readonly credentials: CredentialStore;
}

async function invoke({
  port,
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
    return { status: 200, body: checkAnswer(await send(port, operation, input, sent)) };
  } catch (error) {
    if (error instanceof ConnectorError) throw error;
    return answerOfFault(failureOf(error, call.connection.baseUrl ?? operation));
  }
}

type SoapCallback = (error: unknown, answer: unknown) => void;
type SoapPort = Readonly<Record<string, SoapMethod>>;
type SoapMethod = (input: object, done: SoapCallback, options: object, headers: object) => void;

function send(
  { client, service, port }: OpenPort,
  operation: string,
  input: object,
  headers: Record<string, string>,
): Promise<unknown> {
  const options = { timeout: answerTimeoutMs, maxContentLength: largestAnswer, maxRedirects: 0 };
  return new Promise((resolve, reject) => {
    const services = client as unknown as Record<string, Record<string, SoapPort>>;
    const method = services[service]![port]![operation]!;
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
