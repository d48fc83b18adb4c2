import { join, resolve } from 'node:path';
import { Listr } from 'listr2';
import { Platform, usualPorts } from './platform.js';
import { removeRunning, runningFacts, runningText, writeRunning } from './running.js';
import { readStartSettings, type StartSettings } from './settings.js';
import { lockDataFolder, unlockDataFolder } from './start-lock.js';

const root = resolve(import.meta.dirname, '../../..');
try {
  const settings = readStartSettings();
  lockDataFolder(resolve(root, settings.dataFolder));
  await run(settings);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

async function run(settings: StartSettings): Promise<void> {
  const platform = new Platform({ root, ...settings });
  const { dataFolder } = platform;
  removeRunning(dataFolder);
  let stopping: Promise<void> | undefined;
  const stop = (code: number): Promise<void> =>
    (stopping ??= (async () => {
      removeRunning(dataFolder);
      await platform.stop();
      unlockDataFolder(dataFolder);
      process.exit(code);
    })());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      process.stdout.write('\nStopping ...\n');
      void stop(0);
    });
  }
  if (process.channel) process.on('disconnect', () => void stop(0));
  try {
    await stepsOf(platform).run();
    const running = runningFacts(platform.running, { key: platform.key, dataFolder });
    writeRunning(dataFolder, running);
    process.stdout.write(`${runningText(running, settings.freePorts ? {} : usualPorts)}\n`);
    sayWhoEnds(platform, () => stopping === undefined);
    process.send?.({ type: 'started' });
  } catch (error) {
    process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
    await stop(1);
  }
}

function stepsOf(platform: Platform): Listr {
  return new Listr(
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
}

function sayWhoEnds(platform: Platform, isRunning: () => boolean): void {
  for (const { name, process: child } of platform.running) {
    child.on('exit', (code, signal) => {
      if (!isRunning()) return;
      const log = join(platform.dataFolder, 'logs', `${name}.log`);
      process.stderr.write(
        `${name} ended (${signal ?? code}); its log is ${log}. The others go on.\n`,
      );
    });
  }
}
