// Fails when a project imports what it may not. Reads the graph that Nx itself sees.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shortName, violations } from './violations.mjs';

const root = join(import.meta.dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'isthmus-graph-'));
try {
  const file = join(folder, 'graph.json');
  execFileSync('nx', ['graph', `--file=${file}`], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const { graph } = JSON.parse(readFileSync(file, 'utf8'));
  const found = violations(graph, readSources(graph));
  for (const sentence of found) console.error(sentence);
  console.log(`${Object.keys(graph.nodes).length} projects, ${found.length} boundary violations`);
  process.exitCode = found.length > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true });
}

function readSources(graph) {
  return Object.fromEntries(
    Object.values(graph.nodes).map((node) => [
      shortName(node.name),
      typeScriptBelow(join(root, node.data.root, 'src')).map((path) => ({
        path: path.slice(root.length + 1),
        text: readFileSync(path, 'utf8'),
      })),
    ]),
  );
}

function typeScriptBelow(folder) {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}
