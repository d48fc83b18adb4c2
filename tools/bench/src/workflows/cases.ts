import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Candidate, Comparison, Server } from '../measurement/compare.js';
import { startNodeRed, nodeRedName } from '../peers/node-red.js';
import { startN8n, n8nName } from '../peers/n8n.js';
import { orReason, peersOff } from '../peers/install-peer.js';
import { runProcess } from '../processes/run-process.js';
import { startOrchestrator, type Orchestrator } from './orchestrator.js';

/** What every case needs. */
export interface WorkflowBench {
  readonly scratch: string;
  readonly backendPort: number;
  readonly identityUrl: string;
  readonly peers: boolean;
  readonly allPeers: boolean;
  /** Node.js flags of our orchestrator. */
  readonly nodeFlags: readonly string[];
}

/** Core of the servers under test. */
const serverCore = 1;
const byHand = 'hand-written handler';
export const stateless = 'stateless';
export const response = 'durable, response';
export const strict = 'durable, strict';

/** Two calls in parallel, a join, an answer; under load. */
export function compositeLoad(bench: WorkflowBench, connections: number): Comparison {
  return {
    name: 'composite',
    title: `two calls in parallel, join, answer; ${connections} connections`,
    connections,
    candidates: [handler(bench), ...ours(bench), nodeRed(bench), n8n(bench)],
    anchors: [byHand, nodeRedName, n8nName],
    targets: [
      { row: stateless, column: `speed ÷ ${byHand}`, value: 0.5, better: 'more' },
      { row: response, column: `speed ÷ ${byHand}`, value: 0.35, better: 'more' },
      { row: response, column: `speed ÷ ${nodeRedName}`, value: 2.5, better: 'more' },
      { row: response, column: `speed ÷ ${n8nName}`, value: 60, better: 'more' },
    ],
    notes: [
      'Only the durable rows keep anything; PostgreSQL counts in "with database" alone, ratios compare the services.',
    ],
  };
}

/** The same with one caller: what each durability adds to the time of an answer. */
export function compositeLatency(bench: WorkflowBench): Comparison {
  return {
    name: 'latency',
    title: 'the same with one connection: what durability adds to an answer',
    connections: 1,
    candidates: [handler(bench), ...ours(bench)],
    anchors: [byHand],
  };
}

function handler(bench: WorkflowBench): Candidate {
  return {
    name: byHand,
    start: async () => {
      const running = await runProcess({
        name: byHand,
        command: process.execPath,
        args: [
          join(import.meta.dirname, '../baselines/composite.process.js'),
          `http://127.0.0.1:${bench.backendPort}`,
        ],
        log: join(bench.scratch, 'handler.log'),
        core: serverCore,
      });
      const port = running.started['port'] as number;
      return { port, pids: [running.pid], requests: [post('/composite')], stop: running.stop };
    },
  };
}

function ours(bench: WorkflowBench): Candidate[] {
  const candidate = (name: string, durability: 'response' | 'strict', workflow: string) => ({
    name,
    start: async (): Promise<Server> => {
      const running = await openOrchestrator(bench, durability);
      return serverOf(running, await running.callbackPath(workflow));
    },
  });
  return [
    candidate(stateless, 'response', 'composite-stateless'),
    candidate(response, 'response', 'composite-stateful'),
    candidate(strict, 'strict', 'composite-stateful'),
  ];
}

let opened = 0;

/** An orchestrator with a fresh database. */
export function openOrchestrator(
  bench: WorkflowBench,
  durability: 'response' | 'strict',
): Promise<Orchestrator> {
  return startOrchestrator({
    ...bench,
    name: `orchestrator-${(opened += 1)}`,
    durability,
    core: serverCore,
  });
}

function nodeRed(bench: WorkflowBench): Candidate {
  return {
    name: nodeRedName,
    start: async () => {
      if (!bench.peers) return peersOff;
      const scratch = join(bench.scratch, 'node-red');
      await mkdir(scratch, { recursive: true });
      const running = await orReason(() =>
        startNodeRed({ scratch, core: serverCore, backendPort: bench.backendPort }),
      );
      return typeof running === 'string'
        ? running
        : { ...running, pids: [running.pid], requests: [post('/composite')] };
    },
  };
}

function n8n(bench: WorkflowBench): Candidate {
  return {
    name: n8nName,
    start: async () => {
      if (!bench.allPeers) return 'left out; --peers installs it';
      const scratch = join(bench.scratch, 'n8n');
      await mkdir(scratch, { recursive: true });
      const running = await orReason(() =>
        startN8n({ scratch, core: serverCore, backendPort: bench.backendPort }),
      );
      return typeof running === 'string'
        ? running
        : { ...running, pids: [running.pid], requests: [post('/webhook/composite')] };
    },
  };
}

function serverOf({ port, pids, stop }: Orchestrator, path: string): Server {
  return { port, pids, stop, requests: [post(path)] };
}

function post(path: string) {
  return {
    method: 'POST',
    path,
    headers: { 'Content-Type': 'application/json' },
    body: '{"customer":1,"order":1}',
  };
}
