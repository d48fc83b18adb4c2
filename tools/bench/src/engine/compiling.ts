import { compilePolicies, type CompiledOperation } from '@isthmus/policy-engine';
import { scopeDocuments } from '../gateway/apiops-folder.js';
import type { Table } from '../report/table.js';

const count = 1000;

/** Compiles documents that nothing shares, and keeps them all, as a gateway does. */
export function compilingTable(): Table {
  const texts = Object.values(scopeDocuments);
  const kept: CompiledOperation[] = [];
  const memory = process.memoryUsage.rss();
  const began = process.cpuUsage();
  for (let index = 0; index < count; index += 1) {
    // A comment makes each document another one.
    const text = `<!-- ${index} -->${texts[index % texts.length]!}`;
    const { operation, problems } = compilePolicies({ api: { text, format: 'rawxml' } });
    if (!operation) throw new Error(problems.map(({ message }) => message).join('\n'));
    kept.push(operation);
  }
  const { user, system } = process.cpuUsage(began);
  const row = `${kept.length.toLocaleString('en')} documents of ${texts.length} kinds`;
  return {
    name: 'compiling',
    title: 'compiling documents that share nothing',
    columns: ['CPU s', 'MiB more'],
    rows: [
      {
        name: row,
        cells: {
          'CPU s': (user + system) / 1e6,
          'MiB more': Math.max(0, process.memoryUsage.rss() - memory) / 2 ** 20,
        },
      },
    ],
    targets: [
      { row, column: 'CPU s', value: 10, better: 'less' },
      { row, column: 'MiB more', value: 500, better: 'less' },
    ],
  };
}
