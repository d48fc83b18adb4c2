import {
  compilePlan,
  play,
  statefulLimits,
  type CallEffect,
  type Environment,
  type Plan,
} from '@isthmus/workflow-engine';
import { isObject, parseJson } from '@isthmus/workflow-expressions';
import { compositeDefinition, foreachDefinition } from '../workflows/definitions.js';
import type { FunctionPair } from './measure-function.js';

const environment: Environment = {
  workflow: { id: '/workflows/bench', name: 'bench', version: '1' },
  kind: 'Stateful',
  parameters: new Map() as unknown as Environment['parameters'],
  appSettings: {},
  artifacts: {},
  limits: statefulLimits,
  staticResults: 'none',
};

/** Runs against answers that are there at once: what the engine itself costs. */
export function workflowPairs(): FunctionPair[] {
  const composite = JSON.stringify(compositeDefinition('http://backend'));
  const compositePlan = planOf(composite);
  const items = 1000;
  const loop = planOf(JSON.stringify(foreachDefinition(items)));
  return [
    {
      name: 'workflow: two calls, join, response',
      ours: () => run(compositePlan),
      byHand: compositeByHand,
    },
    {
      name: 'workflow: one item of a Foreach with a Compose inside',
      ours: () => run(loop),
      byHand: () =>
        Array.from({ length: items }, (_, item) => ({ item, at: Date.now(), status: 'Succeeded' })),
      units: items,
    },
    {
      name: 'compiling a definition; by hand: reading its JSON',
      ours: () => planOf(composite),
      byHand: () => JSON.parse(composite) as unknown,
    },
  ];
}

function planOf(text: string): Plan {
  const definition = parseJson(text);
  if (!isObject(definition)) throw new Error('a definition is an object');
  return compilePlan(definition, environment);
}

const answer = parseJson('{"id":1}');
let ids = 0;

function run(plan: Plan): unknown {
  const now = Date.now();
  const played = play(
    plan,
    {
      runId: 'bench',
      now,
      trigger: {
        ...{ name: 'manual', status: 'Succeeded', startedAt: now, endedAt: now },
        trackingId: 'bench',
      },
    },
    {
      answer: (effect: CallEffect) => ({
        outcome: {
          ...{ kind: 'response', effectId: effect.id, statusCode: 200 },
          headers: { 'Content-Type': 'application/json' },
          body: answer,
        },
        after: 0,
      }),
      random: Math.random,
      newGuid: () => `guid-${(ids += 1)}`,
    },
  );
  if (played.state.status !== 'Succeeded') throw new Error(`the run ended ${played.state.status}`);
  return played.state.response;
}

async function compositeByHand(): Promise<unknown> {
  const call = (): Promise<{ id: number }> =>
    Promise.resolve(JSON.parse('{"id":1}') as { id: number });
  const [customer, order] = await Promise.all([call(), call()]);
  return {
    customer: customer.id,
    order: order.id,
    text: `order ${order.id} of ${customer.id}`,
  };
}
