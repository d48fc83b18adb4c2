import { Controller, Inject, Req } from '@nestjs/common';
import { readEffectivePolicy, type InputOf, type OutputOf } from '@isthmus/contracts';
import { resourceName } from '@isthmus/artifacts';
import { Implements, Input } from '@isthmus/host';
import { RequiresRole } from '@isthmus/entra';
import {
  defaultGlobalPolicy,
  printEffectivePolicy,
  type PolicySource,
  type ScopeDocuments,
} from '@isthmus/policy-engine';
import type { Request } from 'express';
import { Catalog } from '../resources/catalog.js';
import { notFound } from '../resources/preconditions.js';
import { SERVICE_IDENTITY } from '../resources/resources.controller.js';
import { parseAddress, type ServiceIdentity } from '../resources/service-address.js';
import { sourceOf } from './policy-source.js';

/** "Calculate effective policy": the documents of all scopes merged as the gateway merges them. */
@Controller()
@RequiresRole('Isthmus.Reader')
export class EffectivePolicyController {
  constructor(
    private readonly catalog: Catalog,
    @Inject(SERVICE_IDENTITY) private readonly identity: ServiceIdentity,
  ) {}

  @Implements(readEffectivePolicy)
  async read(
    @Input(readEffectivePolicy) { params, query }: InputOf<typeof readEffectivePolicy>,
    @Req() request: Request,
  ): Promise<OutputOf<typeof readEffectivePolicy>> {
    parseAddress(request.path, this.identity);
    const { store } = this.catalog;
    const operation = `/apis/${params.apiId}/operations/${params.operationId}`;
    if (!(await store.find(operation))) throw notFound('Operation');
    const document = async (owner: string): Promise<PolicySource | undefined> => {
      const found = await store.find(`${owner}/policies/policy`);
      return found && sourceOf(found);
    };
    const documents: ScopeDocuments = withoutMissing({
      global: (await document('')) ?? defaultGlobalPolicy,
      product: query.productId ? await document(`/products/${query.productId}`) : undefined,
      api: await document(`/apis/${params.apiId}`),
      operation: await document(operation),
    });
    const fragments = new Map(
      (await store.ofType('policyFragments')).map((one) => [resourceName(one.id), sourceOf(one)]),
    );
    return { value: printEffectivePolicy(documents, fragments) };
  }
}

function withoutMissing(
  documents: Record<string, PolicySource | undefined>,
): Record<string, PolicySource> {
  return Object.fromEntries(
    Object.entries(documents).flatMap(([scope, source]) => (source ? [[scope, source]] : [])),
  );
}
