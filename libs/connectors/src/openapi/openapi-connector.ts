import { ConnectorError, type Connector, type OperationCall } from '../connector.js';
import type { CredentialStore } from '../credentials.js';
import { forwardableHeaders, sendToSystem, type SystemRequest } from '../send.js';
import { readDefinition, type ConnectorDefinition, type ConnectorOperation } from './definition.js';
import { readPolicyTemplates, type TemplateInput } from './policy-templates.js';

/** The files of a connector definition folder. */
export interface OpenApiConnectorFiles {
  readonly name: string;
  /** `apiDefinition.swagger.json`, parsed. */
  readonly definition: unknown;
  /** `apiProperties.json`, parsed, where there is one. */
  readonly properties?: unknown;
}

/**
 * A connector that is data: an OpenAPI 2.0 definition and its policy templates, as custom
 * connectors and the published connector catalogue have them.
 */
export function openApiConnector(
  files: OpenApiConnectorFiles,
  credentials: CredentialStore,
): Connector {
  const definition = readDefinition(files.definition);
  const policies = readPolicyTemplates(files.properties ?? { properties: {} });
  return {
    name: files.name,
    swagger: definition.document,
    call: async (call) => {
      const { operation, values } = matchOperation(definition, call);
      const input = templateInput(operation, call);
      const request = policies.inbound.reduce(
        (current, policy) => policy(current, input),
        systemRequest(definition, operation, values, call),
      );
      const answer = await sendToSystem(request, call, credentials);
      const headers = policies.outbound.reduce(
        (current, policy) => policy(current, input),
        answer.headers ?? {},
      );
      return { ...answer, headers };
    },
  };
}

function matchOperation(
  definition: ConnectorDefinition,
  call: OperationCall,
): { operation: ConnectorOperation; values: string[] } {
  for (const operation of definition.operations) {
    const match = operation.method === call.method ? operation.pattern.exec(call.path) : null;
    if (match) return { operation, values: match.slice(1) };
  }
  throw new ConnectorError(
    404,
    'OperationNotFound',
    `The connector has no operation ${call.method} ${call.path}.`,
  );
}

function systemRequest(
  definition: ConnectorDefinition,
  operation: ConnectorOperation,
  values: readonly string[],
  call: OperationCall,
): SystemRequest {
  const base = call.connection.baseUrl ?? definition.baseUrl;
  if (base === undefined) {
    throw new ConnectorError(
      500,
      'ConnectionIncomplete',
      `Connection ${call.connection.name} has no base URL.`,
    );
  }
  const path = operation.template.replace(/\{([^}]+)\}/g, (_, name: string) =>
    segment(values[operation.names.indexOf(name)] ?? '', operation, name),
  );
  const url = new URL(base.replace(/\/$/, '') + path);
  for (const [name, value] of call.query) url.searchParams.append(name, value);
  for (const parameter of operation.parameters) {
    if (
      parameter.in === 'query' &&
      parameter.default !== undefined &&
      !call.query.has(parameter.name)
    ) {
      url.searchParams.set(parameter.name, textOf(parameter.default));
    }
  }
  return { method: call.method, url, headers: forwardableHeaders(call.headers), body: call.body };
}

/**
 * One path value. Designers encode a value twice where the definition says
 * `x-ms-url-encoding: double`; the system gets it encoded once. A value that is a dot segment once
 * decoded is refused: it would address another operation.
 */
function segment(encoded: string, operation: ConnectorOperation, name: string): string {
  const double = operation.parameters.find(
    (parameter) => parameter.in === 'path' && parameter.name === name,
  )?.['x-ms-url-encoding'];
  let value: string;
  try {
    value = decodeURIComponent(encoded);
    if (double === 'double') value = decodeURIComponent(value);
  } catch {
    throw new ConnectorError(
      400,
      'InvalidPath',
      `Path value of '${name}' is not valid percent-encoding.`,
    );
  }
  if (value === '.' || value === '..') {
    throw new ConnectorError(400, 'InvalidPath', `Path value of '${name}' is a dot segment.`);
  }
  return encodeURIComponent(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function templateInput(operation: ConnectorOperation, call: OperationCall): TemplateInput {
  return {
    operationId: operation.operationId,
    connectionParameters: call.connection.parameters,
    queries: call.query,
    headers: call.headers,
  };
}
