import { join, resolve } from 'node:path';
import { Listr } from 'listr2';
import { Platform, usualPorts } from './platform.js';
import { removeRunning, runningFacts, runningText, writeRunning } from './running.js';
import { readStartSettings } from './settings.js';

const settings = readStartSettings();
const root = resolve(import.meta.dirname, '../../..');
const platform = new Platform({ root, ...settings });

let stopping: Promise<void> | undefined;
const stop = (code: number): Promise<void> =>
  (stopping ??= (async () => {
    removeRunning(platform.dataFolder);
    await platform.stop();
    process.exit(code);
  })());
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    process.stdout.write('\nStopping ...\n');
    void stop(0);
  });
}
if (process.channel) process.on('disconnect', () => void stop(0));

const steps = new Listr(
  [
    { title: 'Database', task: () => platform.startDatabase() },
    { title: 'Identity provider and sample systems', task: () => platform.startSystems() },
    { title: 'Adapters', task: () => platform.startAdapters() },
    { title: 'Catalog and orchestrator', task: () => platform.startManagement() },
    { title: 'Publish the reference architecture', task: () => platform.publish() },
    { title: 'Gateway', task: () => platform.startGateway() },
  ],
  { fallbackRendererCondition: () => !process.stdout.isTTY, fallbackRenderer: 'simple' },
);

try {
  await steps.run();
  const { key, dataFolder } = platform;
  const running = runningFacts(platform.running, { key, dataFolder });
  writeRunning(dataFolder, running);
  process.stdout.write(`${runningText(running, settings.freePorts ? {} : usualPorts)}\n`);
  for (const { name, process: child } of platform.running) {
    child.on('exit', (code, signal) => {
      if (!stopping) {
        const log = join(dataFolder, 'logs', `${name}.log`);
        process.stderr.write(
          `${name} ended (${signal ?? code}); its log is ${log}. The others go on.\n`,
        );
      }
    });
  }
  process.send?.({ type: 'started' });
} catch (error) {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
  await stop(1);
}
