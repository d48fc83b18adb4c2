import {
  compileExpression,
  type EvaluationHost,
  type ExpressionContext,
} from '@isthmus/policy-expressions';
import type { FunctionPair } from './measure-function.js';

const headers = new Map([['accept', ['application/json']]]);
const variables = new Map<string, unknown>([['order', '1001']]);
const document = JSON.stringify({
  orders: Array.from({ length: 20 }, (_, id) => ({ id, price: id * 1.5, name: `Order ${id}` })),
});

/** The members that the expressions read; anything else is missing on purpose. */
const context = {
  variables,
  request: {
    headers: {
      get: (name: string) => headers.get(name.toLowerCase()),
      has: (name: string) => headers.has(name.toLowerCase()),
      names: () => headers.keys(),
    },
    method: 'GET',
  },
  timestamp: 638_000_000_000_000_000n,
} as unknown as ExpressionContext;

const host: EvaluationHost = {
  now: () => 638_000_000_000_000_000n,
  random: () => 0.5,
  randomBytes: (count) => Buffer.alloc(count),
};

/** C# expressions against the same work written in JavaScript. */
export function expressionPairs(): FunctionPair[] {
  const date = new Date();
  return [
    pair(
      'expression: a header',
      '@(context.Request.Headers.GetValueOrDefault("Accept", "").Contains("xml"))',
      () => (headers.get('Accept'.toLowerCase())?.join(',') ?? '').includes('xml'),
    ),
    pair(
      'expression: a variable',
      '@((string)context.Variables["order"] + "-" + context.Request.Method)',
      () => `${variables.get('order') as string}-GET`,
    ),
    pair('expression: a date as text', '@(context.Timestamp.ToString("o"))', () =>
      date.toISOString(),
    ),
    pair(
      'expression: JSON with LINQ',
      `@{ var o = JObject.Parse(${JSON.stringify(document)}); return o["orders"].Where(x => (double)x["price"] > 10).Select(x => (string)x["name"]).First(); }`,
      () =>
        (JSON.parse(document) as { orders: { price: number; name: string }[] }).orders
          .filter(({ price }) => price > 10)
          .map(({ name }) => name)[0],
    ),
    pair(
      'expression: a loop of 1,000 rounds',
      '@{ int sum = 0; for (int i = 0; i < 1000; i++) { sum += i % 7; } return sum; }',
      () => {
        let sum = 0;
        for (let index = 0; index < 1000; index += 1) sum += index % 7;
        return sum;
      },
    ),
  ];
}

function pair(name: string, text: string, byHand: () => unknown): FunctionPair {
  const compilation = compileExpression(text);
  if (!compilation.ok) throw new Error(`${text}: ${compilation.problems[0]?.message}`);
  return { name, ours: () => compilation.expression.evaluate(context, host), byHand };
}
