import { markdownTable, type Table } from './table.js';

/** What was measured with. */
export interface Machine {
  readonly date: string;
  readonly node: string;
  readonly processors: number;
  readonly model: string;
  readonly load: string;
  readonly seconds: number;
  readonly rounds: number;
}

const method = `Every figure comes from one run of \`npm run bench -- <name>\`, with what it is compared with in the same run. The main
figure is the **processor time of the server's process tree for each call** (user and system, from \`/proc\`): it depends
least on what else the machine does. Candidates take turns, round by round; a ratio is taken inside of a round and the
median over the rounds is shown: 1 means as much processor time as the row that it is divided by, 0.5 twice as much.
Before the first round each server gets load until it no longer becomes cheaper. The load is closed-loop over keep-alive
connections; where the machine allows it, load and backend have one processor and the server under test another. "calls/s"
is the best round, p50 and p99 are medians at full load, RSS is the largest value. On a machine that others use at the
same time, differences below 20 % mean nothing. Targets are printed beside the figures and never fail a build.

nginx and wrk come from the system (\`apt-get install -y nginx-light wrk\`); express-gateway, Node-RED and n8n are
installed by npm into \`.isthmus/bench-peers\` when they are first needed, and are no part of this project.`;

/** All results as one document. */
export function markdownReport(
  machine: Machine,
  results: Readonly<Record<string, readonly Table[]>>,
): string {
  const { date, processors, model, node, load, rounds, seconds } = machine;
  const about = `Measured on ${date}: ${processors} × ${model}, Node.js ${node}, load by ${load}, ${rounds} rounds of ${seconds} s for each row.`;
  const sections = Object.entries(results).map(
    ([name, tables]) =>
      `## ${name[0]!.toUpperCase()}${name.slice(1)}\n\n${tables.map(markdownTable).join('\n\n')}\n`,
  );
  return `# Performance\n\n${about}\n\n## Method\n\n${method}\n\n${sections.join('\n')}`;
}
