import type { Command } from 'commander';

/** `isthmus validate`: checks policy documents, fragments, APIOps folders and workflows without any server. */
export function register(program: Command): void {
  program
    .command('validate')
    .description(
      'check policy documents, fragments, APIOps folders and workflow definitions offline',
    )
    .argument('<paths...>', 'files or folders')
    .option('--json', 'print one JSON object: {documents:[{path,kind,ok,problems}]}')
    .action(async (paths: string[], options: { json?: boolean }) => {
      const { validatePaths } = await import('../validate/validate-paths.js');
      const { printReport } = await import('../validate/print-report.js');
      const documents = await validatePaths(paths);
      process.stdout.write(printReport(documents, options.json ?? false));
      process.exitCode = documents.every((document) => document.ok) ? 0 : 1;
    });
}
