import { describe, expect, it } from '@jest/globals';
import { Decimal } from '@isthmus/dotnet';
import {
  Float,
  objectOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { compilePlan } from '../plan/compile-plan.js';
import { statefulLimits } from '../plan/engine-limits.js';
import type { Environment } from '../plan/environment.js';
import type { Plan } from '../plan/plan.js';
import { advance, pendingEffects } from './advance.js';
import { apply, restore } from './apply.js';
import type { CallEffect, EffectOutcome } from './effects.js';
import { readEvent, writeEvent } from './event-text.js';
import type { RunEvent } from './events.js';
import { play, type Played, type Script } from './play.js';
import { emptyRun, isFinal, type RunState } from './state.js';

const environment: Environment = {
  workflow: { id: '/workflows/random', name: 'random', version: '1' },
  kind: 'Stateful',
  parameters: {},
  appSettings: {},
  artifacts: {},
  limits: { ...statefulLimits, defaultRetryCount: 1 },
  callbackUrl: () => 'https://callback.test/',
  staticResults: 'enabled',
};

/** Numbers that a seed decides (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

class Generator {
  private count = 0;
  constructor(private readonly random: () => number) {}

  definition(): WorkflowObject {
    return {
      triggers: { manual: { type: 'Request', inputs: {} } },
      actions: {
        Init: {
          type: 'InitializeVariable',
          inputs: { variables: [{ name: 'n', type: 'integer', value: 0 }] },
        },
        ...this.block(3, ['Init']),
      },
    };
  }

  private pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.random() * choices.length)] as T;
  }

  private block(depth: number, before: readonly string[], loops = 0): WorkflowObject {
    const actions: Record<string, WorkflowValue> = {};
    const names: string[] = [...before];
    for (let index = 0; index < 1 + Math.floor(this.random() * 5); index++) {
      const name = `A${++this.count}`;
      const runAfter: Record<string, WorkflowValue> = {};
      for (const predecessor of names) {
        if (this.random() < 0.35 || before.includes(predecessor)) {
          runAfter[predecessor] = this.pick([
            ['Succeeded'],
            ['Succeeded', 'Failed', 'Skipped', 'TimedOut'],
            ['Failed'],
            ['Skipped', 'Succeeded'],
          ]);
        }
      }
      actions[name] = { ...this.action(depth, loops), runAfter };
      names.push(name);
    }
    return actions;
  }

  private action(depth: number, loops: number): WorkflowObject {
    const leaves: (() => WorkflowObject)[] = [
      () => ({
        type: 'Compose',
        inputs: this.pick<WorkflowValue>([
          'x',
          "@variables('n')",
          "@int('x')",
          '@utcNow()',
          '@guid()',
        ]),
      }),
      () => ({
        type: 'Http',
        inputs: { method: 'POST', uri: 'https://a.test/' },
        ...(this.random() < 0.2 && { limit: { timeout: 'PT3S' } }),
      }),
      () => ({
        type: 'Wait',
        inputs: { interval: { count: Math.floor(this.random() * 4), unit: 'Second' } },
      }),
      () => ({ type: 'IncrementVariable', inputs: { name: 'n' } }),
      () => ({
        type: 'HttpWebhook',
        inputs: {
          subscribe: { method: 'POST', uri: 'https://a.test/' },
          unsubscribe: { uri: 'https://a.test/u' },
        },
      }),
      () =>
        loops === 0 && this.random() < 0.15
          ? { type: 'Terminate', inputs: { runStatus: 'Failed', runError: { code: 'E' } } }
          : { type: 'Compose', inputs: 1 },
    ];
    if (depth === 0 || this.random() < 0.6) return this.pick(leaves)();
    const containers: (() => WorkflowObject)[] = [
      () => ({
        type: 'Scope',
        ...(this.random() < 0.3 && { limit: { timeout: 'PT4S' } }),
        actions: this.block(depth - 1, [], loops),
      }),
      () => ({
        type: 'If',
        expression: this.pick(['@equals(1, 1)', '@equals(1, 2)', "@int('x')"]),
        actions: this.block(depth - 1, [], loops),
        else: { actions: this.block(depth - 1, [], loops) },
      }),
      () => ({
        type: 'Switch',
        expression: this.pick(['@string(1)', '@string(9)', '@null']),
        cases: { One: { case: '1', actions: this.block(depth - 1, [], loops) } },
        default: { actions: this.block(depth - 1, [], loops) },
      }),
      () => ({
        type: 'Foreach',
        foreach: this.pick(['@range(0, 3)', '@range(0, 1)', "@json('[]')", '@null']),
        ...(this.random() < 0.3 && { operationOptions: 'Sequential' }),
        actions: this.block(depth - 1, [], loops + 1),
      }),
      () => ({
        type: 'Until',
        expression: "@greater(variables('n'), 4)",
        limit: { count: 3, timeout: 'PT20S' },
        actions: this.block(depth - 1, [], loops + 1),
      }),
    ];
    return this.pick(containers)();
  }
}

function scriptOf(random: () => number, maximumEvents?: number): Script {
  let guids = 0;
  return {
    random,
    newGuid: () => `guid-${++guids}`,
    ...(maximumEvents !== undefined && { maximumEvents }),
    answer: (effect) => ({ outcome: answerTo(effect, random), after: Math.floor(random() * 5000) }),
    callback: (path) =>
      random() < 0.9
        ? { signal: { path, headers: {} }, after: Math.floor(random() * 3000) }
        : { signal: { path, headers: {} }, after: 600_000 },
  };
}

function answerTo(effect: CallEffect, random: () => number): EffectOutcome {
  const luck = random();
  if (luck < 0.1)
    return {
      kind: 'failure',
      effectId: effect.id,
      code: 'BadRequest',
      message: 'broken',
      retryable: random() < 0.5,
    };
  const statusCode = luck < 0.2 ? 500 : luck < 0.3 ? 404 : luck < 0.4 ? 202 : 200;
  const headers: Record<string, string> = statusCode === 202 ? { Location: '/poll' } : {};
  return { kind: 'response', effectId: effect.id, statusCode, headers };
}

function playSeed(seed: number, maximumEvents?: number): { plan: Plan; played: Played } {
  const random = randomOf(seed);
  const plan = compilePlan(new Generator(random).definition(), environment);
  const start = {
    runId: 'run',
    now: 1_700_000_000_000,
    trigger: {
      name: 'manual',
      status: 'Succeeded' as const,
      startedAt: 0,
      endedAt: 0,
      trackingId: 't',
    },
  };
  return { plan, played: play(plan, start, scriptOf(random, maximumEvents)) };
}

const seeds = Array.from({ length: 400 }, (_, index) => index + 1);

describe('a random run', () => {
  it('ends, with a final record of every action that began', () => {
    for (const seed of seeds) {
      const { played } = playSeed(seed);
      expect({ seed, isStuck: played.isStuck }).toEqual({ seed, isStuck: false });
      const open = [...played.state.actions.values()].filter((record) => !isFinal(record.status));
      expect({ seed, open: open.map((record) => record.path) }).toEqual({ seed, open: [] });
      expect(played.state.waiting.size).toBe(0);
    }
  });

  it('read back from its events equals the one that lived', () => {
    for (const seed of seeds) {
      const { played } = playSeed(seed);
      const journal = played.events.map((event) => readEvent(writeEvent(event)));
      expect(comparable(restore(journal))).toEqual(comparable(played.state));
    }
  });

  it('goes on from any point of its journal to the same state, with the effects that were in flight', () => {
    for (const seed of seeds.slice(0, 60)) {
      const { plan, played } = playSeed(seed);
      const state = emptyRun();
      for (const event of played.events) {
        apply(state, event);
        const flying = pendingEffects(state).map((effect) => ('id' in effect ? effect.id : ''));
        expect(new Set(flying).size).toBe(flying.length);
      }
      const again = advance(plan, state, {
        now: Number.MAX_SAFE_INTEGER,
        random: () => 0,
        newGuid: () => '',
      });
      expect({ seed, events: again.events }).toEqual({ seed, events: [] });
    }
  });

  it('never records an action twice', () => {
    for (const seed of seeds) {
      const finished = playSeed(seed).played.events.flatMap((event) =>
        event.type === 'actionFinished' ? [event.path] : [],
      );
      expect(new Set(finished).size).toBe(finished.length);
    }
  });

  it('comes to the same end in turns of few events', () => {
    for (const seed of seeds.slice(0, 150)) {
      const whole = playSeed(seed).played.state;
      const sliced = playSeed(seed, 3).played.state;
      expect({ seed, finished: sliced.endedAt !== undefined }).toEqual({ seed, finished: true });
      // Chance falls in another order, so only the set of top-level records is the same.
      const names = (state: RunState) =>
        [...state.actions.keys()].filter((path) => !path.includes('[')).length;
      expect(names(sliced)).toBe(names(whole));
    }
  });

  it('taken over after any of its turns ends too', () => {
    for (const seed of seeds.slice(0, 120)) {
      const { plan, played } = playSeed(seed);
      for (const cut of played.turns) {
        const state = restore(played.events.slice(0, cut));
        expect({ seed, cut, ends: finishAfterCrash(plan, state, randomOf(cut)) }).toEqual({
          seed,
          cut,
          ends: true,
        });
      }
    }
  });
});

/** What a host does that takes over a run: it repeats the effects in flight and goes on. */
function finishAfterCrash(plan: Plan, state: RunState, random: () => number): boolean {
  if (state.endedAt !== undefined) return true;
  let now = 1_700_000_000_000;
  let outcomes: EffectOutcome[] = pendingEffects(state).flatMap((effect) =>
    'id' in effect && effect.kind !== 'abort' ? [answerTo(effect, random)] : [],
  );
  for (let turn = 0; turn < 5000; turn++) {
    const callbacks = [...state.waiting]
      .filter((path) => state.actions.get(path)?.awaitsCallback)
      .map((path) => ({ path, headers: {} }));
    const progress = advance(plan, state, { now, random, newGuid: () => 'g', outcomes, callbacks });
    if (progress.finished) return true;
    outcomes = progress.effects.flatMap((effect) =>
      'id' in effect && effect.kind !== 'abort' ? [answerTo(effect, random)] : [],
    );
    now = Math.max(now, progress.wakeAt ?? now);
  }
  return false;
}

function comparable(state: RunState) {
  const plain = {
    ...state,
    actions: [...state.actions.entries()],
    variables: [...state.variables.entries()],
    waiting: [...state.waiting],
  };
  return JSON.parse(
    JSON.stringify(plain, (_key, value: unknown) => (value instanceof Set ? [...value] : value)),
  ) as unknown;
}

describe('the text of an event', () => {
  it.each<[string, WorkflowValue]>([
    ['integers beyond 2^53', 9_007_199_254_740_993n],
    ['floats without a fraction', new Float(1)],
    ['decimals with their places', Decimal.fromLiteral('5.00')],
    ['what JSON has no number for', [new Float(NaN), new Float(-Infinity), new Float(-0)]],
    ['objects that look like a mark', { '$isthmus:number': 'decimal 1' }],
    ['objects that look like a marked mark', { '$isthmus:number:': { '$isthmus:number': 'x' } }],
    ['texts of any kind', '\u2028 \ud83d\ude00 "quoted" \u0000'],
    [
      'names like numbers in their order',
      objectOf([
        ['b', 1],
        ['1', 2],
        ['0', 3],
      ]),
    ],
  ])('keeps %s', (_name, value) => {
    const event: RunEvent = { v: 1, at: 1, type: 'variableAssigned', path: 'A', name: 'n', value };
    const again = readEvent(writeEvent(event));
    expect(again).toEqual(event);
    expect(writeEvent(again)).toBe(writeEvent(event));
  });
});

describe('a run with loops in loops', () => {
  it('ends when it has more actions than it may have', () => {
    const loop = (name: string, inner: WorkflowObject): WorkflowObject => ({
      [name]: { type: 'Foreach', foreach: '@range(0, 1000)', actions: inner },
    });
    const definition = {
      triggers: { manual: { type: 'Request', inputs: {} } },
      actions: loop('A', loop('B', { C: { type: 'Compose', inputs: 1 } })),
    };
    const plan = compilePlan(definition, {
      ...environment,
      limits: { ...environment.limits, actionsPerRun: 5000 },
    });
    const start = {
      runId: 'r',
      now: 0,
      trigger: {
        name: 'manual',
        status: 'Succeeded' as const,
        startedAt: 0,
        endedAt: 0,
        trackingId: 't',
      },
    };
    const { state } = play(
      plan,
      start,
      scriptOf(() => 0),
    );
    expect(state).toMatchObject({ status: 'Failed', error: { code: 'ActionLimitExceeded' } });
    expect(state.actions.size).toBeLessThan(5100);
  });
});
