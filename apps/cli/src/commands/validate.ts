import type { Command } from 'commander';

/** `isthmus validate`: checks policy documents, fragments, APIOps folders and workflows without any server. */
export function register(program: Command): void {
  program
    .command('validate')
    .description(
      'check policy documents, fragments, APIOps folders and workflow definitions offline',
    )
    .argument('<paths...>', 'files or folders')
    .option(
      '--token <name=value>',
      'value of a pipeline placeholder #{NAME}#, {#NAME#} or __NAME__; may be repeated',
      (one: string, before: string[]) => [...before, one],
      [] as string[],
    )
    .option('--json', 'print one JSON object: {documents:[{path,kind,ok,problems}]}')
    .action(async (paths: string[], options: { json?: boolean; token: string[] }) => {
      const { validatePaths } = await import('../validate/validate-paths.js');
      const { printReport } = await import('../validate/print-report.js');
      const { tokenFiller } = await import('../validate/fill-tokens.js');
      const documents = await validatePaths(paths, tokenFiller(options.token));
      process.stdout.write(printReport(documents, options.json ?? false));
      process.exitCode = documents.every((document) => document.ok) ? 0 : 1;
    });
}
