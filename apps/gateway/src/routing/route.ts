import { Query } from '@isthmus/policy-engine';
import type { ApiModel, GatewayModel, OperationModel } from '../configuration/gateway-model.js';
import type { CanonicalRequest } from '../request/canonical-request.js';
import type { ApiMiss } from './api-table.js';

/** Where a request belongs. An API without an operation: the path is the API's, nothing below matched. */
export interface Routed {
  readonly api: ApiModel | undefined;
  readonly operation: OperationModel | undefined;
  /** The path below the API's own. */
  readonly rest: string;
  readonly parameters: ReadonlyMap<string, string>;
  /** Why nothing matched, for traces. */
  readonly miss: ApiMiss | 'no operation has this method and path' | undefined;
}

const none: ReadonlyMap<string, string> = new Map();

/** Finds API and operation of a request. */
export function route(model: GatewayModel, request: CanonicalRequest): Routed {
  const found = model.apis.find(request);
  if (typeof found === 'string')
    return { api: undefined, operation: undefined, rest: '', parameters: none, miss: found };
  const { api, rest } = found;
  const query = api.type === 'soap' ? withSoapAction(request) : request.query;
  const match = api.operations.find(request.method, rest, query);
  if (!match)
    return {
      api,
      operation: undefined,
      rest,
      parameters: none,
      miss: 'no operation has this method and path',
    };
  return { api, operation: match.operation, rest, parameters: match.parameters, miss: undefined };
}

/** SOAP imports tell operations apart by "?soapAction="; callers say it in a header (SOAP 1.1) or in the content type (1.2). */
function withSoapAction(request: CanonicalRequest): Query {
  if (request.query.has('soapAction')) return request.query;
  const header =
    request.headers.text('soapaction') ??
    /;\s*action\s*=\s*("[^"]*"|[^;\s]+)/i.exec(request.headers.text('content-type') ?? '')?.[1];
  const query = request.query.clone();
  query.append('soapAction', (header ?? '').trim().replace(/^"|"$/g, ''));
  return query;
}
