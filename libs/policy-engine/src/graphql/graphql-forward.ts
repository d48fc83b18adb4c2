import type { Response } from '../model/message.js';
import type { PolicyContext } from '../pipeline/context.js';
import type { Forward, ForwardOptions } from '../ports/forward.js';
import { executeGraphql } from './execute-graphql.js';
import type { GraphqlApi } from './graphql-api.js';

/** Calls of GraphQL APIs that this process answers itself never leave it; all others go on. */
export class GraphqlForward implements Forward {
  constructor(private readonly next: Forward) {}

  forward(context: PolicyContext, options: ForwardOptions): PromiseLike<Response> {
    const api = ownGraphql(context);
    return api ? executeGraphql(context, api) : this.next.forward(context, options);
  }
}

/**
 * The GraphQL API whose resolvers answer this call. A GraphQL API without resolvers and with a service URL is passed
 * through to that service, and so is a call for which set-backend-service chose another backend.
 */
export function ownGraphql({ parts, target }: PolicyContext): GraphqlApi | undefined {
  const { graphql, serviceUrl } = parts.api ?? {};
  if (!graphql || target.kind !== 'service') return undefined;
  return graphql.resolvers.size > 0 || serviceUrl === undefined ? graphql : undefined;
}
