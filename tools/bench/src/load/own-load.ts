import { fork } from 'node:child_process';
import type { Load, LoadPlan, LoadResult } from './load.js';

/** Load from a process of our own, for machines without wrk; it costs more than wrk, which only its rates show. */
export const ownLoad: Load = (plan) =>
  new Promise((resolve, reject) => {
    const child = fork(new URL('own-load.process.js', import.meta.url), { stdio: 'inherit' });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the load generator ended with ${code}`)));
    child.once('message', (result: LoadResult) => resolve(result));
    child.send(plan satisfies LoadPlan);
  });
