import 'reflect-metadata';
import cluster from 'node:cluster';
import { hostSettings, readSettings, runService, SettingsError } from '@isthmus/host';
import { AppModule } from './app.module.js';
import { MemoryCounters } from './services/memory-counters.js';
import { steadyNow, systemClock } from './services/system-clock.js';
import { gatewaySettings, workerCount } from './settings.js';
import type { GatewaySettings } from './settings.js';
import { runWorkers } from './workers.js';

/** Number of processes that the settings ask for; mistakes in them are told by the service itself. */
function wantedWorkers(): number {
  if (!cluster.isPrimary || process.argv.includes('--help')) return 1;
  try {
    return workerCount(readSettings({ ...hostSettings, ...gatewaySettings }) as GatewaySettings);
  } catch (error) {
    if (error instanceof SettingsError) return 1;
    throw error;
  }
}

const workers = wantedWorkers();
if (workers > 1) runWorkers(workers, new MemoryCounters(systemClock, steadyNow));
else {
  await runService({
    name: 'gateway',
    description: 'The data plane: routes API calls and runs their policies.',
    settings: gatewaySettings,
    http: 'own',
    module: (settings) => AppModule.with(settings),
  });
}
