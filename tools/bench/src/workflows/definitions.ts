const schema =
  'https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#';

/** A workflow definition with a request trigger called `manual`. */
function definition(actions: object): object {
  return {
    $schema: schema,
    contentVersion: '1.0.0.0',
    parameters: {},
    triggers: { manual: { type: 'Request', kind: 'Http', inputs: {} } },
    actions,
    outputs: {},
  };
}

/** Two calls in parallel, a join of both answers, a response. */
export function compositeDefinition(backend: string): object {
  const call = (path: string) => ({
    type: 'Http',
    inputs: { method: 'GET', uri: `${backend}${path}` },
    runAfter: {},
  });
  return definition({
    Get_customer: call('/customers/1'),
    Get_orders: call('/orders/1'),
    Join: {
      type: 'Compose',
      inputs: {
        customer: "@body('Get_customer')?['id']",
        order: "@body('Get_orders')?['id']",
        text: "@concat('order ', body('Get_orders')?['id'], ' of ', body('Get_customer')?['id'])",
      },
      runAfter: { Get_customer: ['Succeeded'], Get_orders: ['Succeeded'] },
    },
    Response: {
      type: 'Response',
      kind: 'Http',
      inputs: { statusCode: 200, body: "@outputs('Join')" },
      runAfter: { Join: ['Succeeded'] },
    },
  });
}

/** A loop over the numbers of a range with a Compose inside, and a response after it. */
export function foreachDefinition(items: number): object {
  return definition({
    For_each: {
      type: 'Foreach',
      foreach: `@range(0, ${items})`,
      actions: {
        Compose: { type: 'Compose', inputs: { item: "@items('For_each')" }, runAfter: {} },
      },
      runtimeConfiguration: { concurrency: { repetitions: 50 } },
      runAfter: {},
    },
    Response: {
      type: 'Response',
      kind: 'Http',
      inputs: { statusCode: 200, body: 'done' },
      runAfter: { For_each: ['Succeeded'] },
    },
  });
}

/** A run that calls nobody. */
export function smallDefinition(): object {
  return definition({
    Compose: { type: 'Compose', inputs: "@concat('hello ', workflow().run.name)", runAfter: {} },
    Response: {
      type: 'Response',
      kind: 'Http',
      inputs: { statusCode: 200, body: "@outputs('Compose')" },
      runAfter: { Compose: ['Succeeded'] },
    },
  });
}
