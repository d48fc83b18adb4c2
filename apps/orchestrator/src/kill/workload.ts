import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunAfter } from './checker.js';

/** The workflows that run while replicas die: chains, joins, loops, timers, children, callbacks. */
export function workload(backend: string): Readonly<Record<string, object>> {
  const post = (path: string, after: Readonly<Record<string, string[]>> = {}) => ({
    type: 'Http',
    inputs: { method: 'POST', uri: `${backend}${path}`, body: '@guid()' },
    runAfter: after,
  });
  const after = (...names: string[]) =>
    Object.fromEntries(names.map((name) => [name, ['Succeeded']]));
  const response = (name: string) => ({
    type: 'Response',
    inputs: { statusCode: 200, body: { done: true } },
    runAfter: after(name),
  });
  const wait = { type: 'Wait', inputs: { interval: { count: 2, unit: 'Second' } } };
  const child = { host: { workflow: { id: 'chain' }, triggerName: 'manual' }, body: {} };
  return {
    chain: { A: post('/a'), B: post('/b', after('A')), Answer: response('B') },
    fan: {
      A: post('/a'),
      B: post('/b', after('A')),
      C: post('/c', after('A')),
      D: post('/d', after('B', 'C')),
    },
    each: {
      Each: {
        type: 'Foreach',
        foreach: '@range(0, 12)',
        runtimeConfiguration: { concurrency: { repetitions: 4 } },
        actions: { A: post('/a'), B: post('/b', after('A')) },
      },
    },
    timer: {
      A: post('/a'),
      Pause: { ...wait, runAfter: after('A') },
      B: post('/b', after('Pause')),
    },
    parent: {
      Child: { type: 'Workflow', inputs: child },
      B: post('/b', after('Child')),
    },
    hook: {
      Ask: {
        type: 'HttpWebhook',
        inputs: {
          subscribe: {
            method: 'POST',
            uri: `${backend}/subscribe`,
            body: { url: '@listCallbackUrl()' },
          },
        },
      },
      B: post('/b', after('Ask')),
    },
  };
}

/** What each action of the workload runs after. */
export function orderOf(workflows: Readonly<Record<string, object>>): Map<string, RunAfter> {
  const collect = (actions: Readonly<Record<string, Nested>>): [string, string[]][] =>
    Object.entries(actions).flatMap(([name, { runAfter = {}, actions: inner = {} }]) => [
      [name, Object.keys(runAfter)],
      ...collect(inner),
    ]);
  return new Map(
    Object.entries(workflows).map(([name, actions]) => [
      name,
      Object.fromEntries(collect(actions as Record<string, Nested>)),
    ]),
  );
}

interface Nested {
  readonly runAfter?: object;
  readonly actions?: Readonly<Record<string, Nested>>;
}

/** Writes the workload as a Standard project. */
export async function writeProject(folder: string, backend: string): Promise<string[]> {
  const workflows = Object.entries(workload(backend));
  for (const [name, actions] of workflows) {
    await mkdir(join(folder, name), { recursive: true });
    const definition = {
      contentVersion: '1.0.0.0',
      triggers: { manual: { type: 'Request', kind: 'Http', inputs: {} } },
      actions,
    };
    const document = JSON.stringify({ definition, kind: 'Stateful' });
    await writeFile(join(folder, name, 'workflow.json'), document);
  }
  return workflows.map(([name]) => name);
}
