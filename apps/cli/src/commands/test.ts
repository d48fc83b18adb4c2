import type { Command } from 'commander';

/** `isthmus test`: runs a user's `*.cases.yaml` against their own policies without any server. */
export function register(program: Command): void {
  program
    .command('test')
    .description('run *.cases.yaml against your policies, without any server')
    .argument('<paths...>', 'folders or case files')
    .option('--only <text>', 'run only cases whose name holds this text')
    .option('--json', 'print one JSON object: {passed,failed,cases:[{file,name,ok,differences}]}')
    .action(async (paths: string[], options: { only?: string; json?: boolean }) => {
      const { runCaseFiles, printCases } = await import('../test/run-case-files.js');
      const results = await runCaseFiles(paths, options.only);
      process.stdout.write(printCases(results, options.json ?? false));
      process.exitCode =
        results.length > 0 && results.every((result) => result.differences.length === 0) ? 0 : 1;
    });
}
