// npm run reset: removes everything that npm start keeps in this clone.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../../.isthmus');
const running = join(folder, 'running.json');
if (existsSync(running)) {
  const { pid } = JSON.parse(readFileSync(running, 'utf8'));
  if (isAlive(pid)) {
    console.error(`npm start is running here (process ${pid}): stop it first.`);
    process.exit(1);
  }
}
if (existsSync(join(folder, 'postgres'))) {
  const { stopEmbeddedPostgres } = await import('@isthmus/database');
  await stopEmbeddedPostgres(join(folder, 'postgres'));
}
rmSync(folder, { recursive: true, force: true });
console.log('Removed .isthmus/.');

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
