import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** How replicas of a kill test are started. */
export interface ReplicaCommand {
  readonly databaseUrl: string;
  readonly projectFolder: string;
  readonly publicUrl: string;
  readonly lease: number;
}

/** A replica in a process of its own. */
export interface ReplicaProcess {
  readonly process: ChildProcess;
  readonly url: string;
}

const main = join(import.meta.dirname, '../main.js');

/** Starts a replica. @throws Error when it does not come up */
export async function startReplica(command: ReplicaCommand): Promise<ReplicaProcess> {
  const flags = {
    port: '0',
    'management-port': '0',
    'database-url': command.databaseUrl,
    'project-folder': command.projectFolder,
    'public-url': command.publicUrl,
    lease: `${command.lease}ms`,
    heartbeat: `${Math.round(command.lease / 4)}ms`,
    'drain-delay': '0ms',
    'log-level': 'fatal',
  };
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
  const child = fork(main, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const started = once(child, 'message') as Promise<[{ url: string }]>;
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`the replica ended with ${String(code)} before it had started`);
  });
  const [{ url }] = await Promise.race([started, exited]);
  exited.catch(() => undefined);
  return { process: child, url };
}

/** Ends a replica in a moment that it does not choose. */
export async function kill({ process: child }: ReplicaProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
