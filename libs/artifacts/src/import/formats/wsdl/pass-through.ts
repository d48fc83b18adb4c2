import type { ImportedOperation } from '../../imported-api.js';
import { isResourceName, normaliseOperationName, uniqueNames } from '../../operation-name.js';
import type { WsdlOperation, WsdlPort } from './document.js';

/** Name of the schema that holds the types of a WSDL. */
export const schemaName = 'wsdl-types';

/** One action of a service, in every SOAP version that a port offers it in. */
interface Action {
  readonly operation: WsdlOperation;
  readonly versions: Set<'1.1' | '1.2'>;
}

/**
 * "POST /?soapAction=<action>" for each action, as Azure's SOAP pass-through import makes them. Callers of operations
 * that share one action (often the empty one) cannot be told apart before the body is read: for those there is one
 * operation that takes any action, and so for a port that tells no operations.
 */
export function passThroughOperations(ports: readonly WsdlPort[]): ImportedOperation[] {
  const actions = actionsOf(ports);
  const unique = uniqueNames();
  const uses = new Map<string, number>();
  for (const { operation } of actions)
    uses.set(operation.action, (uses.get(operation.action) ?? 0) + 1);
  const operations = actions
    .filter(({ operation }) => uses.get(operation.action) === 1)
    .map(({ operation, versions }) =>
      operationOf(operation, `/?soapAction=${operation.action}`, { versions, unique }),
    );
  const shared = actions.filter(({ operation }) => uses.get(operation.action) !== 1);
  if (shared.length === 0 && actions.length > 0) return operations;
  const names = shared.map(({ operation }) => operation.name).join(', ');
  const any = anyAction(names === '' ? '' : `Operations that share an action: ${names}.`);
  const versions = new Set(ports.flatMap(({ soap }) => soap ?? []));
  const made = operationOf(any, '/?soapAction={any}', { versions, unique });
  const templateParameters = [{ name: 'any', required: true, type: 'string' }];
  return [...operations, { ...made, properties: { ...made.properties, templateParameters } }];
}

/** The operation that takes what no other one does. */
function anyAction(documentation: string): WsdlOperation {
  const nothing = { action: '', input: undefined, output: undefined };
  const messages = { input: undefined, output: undefined };
  return { name: 'AnyAction', style: 'document', documentation, messages, ...nothing };
}

function actionsOf(ports: readonly WsdlPort[]): Action[] {
  const actions = new Map<string, Action>();
  for (const { operations, soap } of ports) {
    if (soap === undefined) continue;
    for (const operation of operations) {
      const key = `${operation.name} ${operation.action}`;
      const known = actions.get(key);
      if (known) known.versions.add(soap);
      else actions.set(key, { operation, versions: new Set([soap]) });
    }
  }
  return [...actions.values()];
}

const contentTypes = { '1.1': 'text/xml', '1.2': 'application/soap+xml' } as const;

function operationOf(
  operation: WsdlOperation,
  urlTemplate: string,
  {
    versions,
    unique,
  }: { readonly versions: ReadonlySet<'1.1' | '1.2'>; readonly unique: (name: string) => string },
): ImportedOperation {
  const name = isResourceName(operation.name)
    ? operation.name
    : normaliseOperationName(operation.name);
  const representations = (element: string | undefined): Record<string, unknown>[] =>
    [...versions].map((version) => ({
      contentType: contentTypes[version],
      ...(element ? { schemaId: schemaName, typeName: element } : {}),
    }));
  return {
    name: unique(name),
    properties: {
      displayName: operation.name,
      method: 'POST',
      urlTemplate,
      ...(operation.documentation ? { description: operation.documentation } : {}),
      templateParameters: [],
      request: {
        queryParameters: [],
        headers: [],
        representations: representations(operation.input),
      },
      responses: [
        {
          statusCode: 200,
          description: '',
          headers: [],
          representations: representations(operation.output),
        },
      ],
    },
  };
}
