import { startIdentity } from './identity-server.js';
import { readSettings } from './settings.js';

try {
  const { port, environment } = readSettings();
  const { server, url, issuer } = await startIdentity(port, environment);
  process.stdout.write(`identity listens on ${url}, issuer ${issuer}\n`);
  process.send?.({ type: 'started', url, issuer });
  const stop = () => {
    server.close(() => process.exit(0));
    server.closeAllConnections();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  if (process.channel) process.on('disconnect', stop);
} catch (error) {
  process.stderr.write(`identity: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
