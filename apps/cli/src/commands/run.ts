import type { Command } from 'commander';

/** Options of `isthmus run`. */
export interface RunOptions {
  readonly input?: string;
  readonly parameters?: string;
  readonly workflow?: string;
  readonly json?: boolean;
  readonly stub?: boolean;
  readonly staticResults?: boolean;
  readonly blockPrivateAddresses?: boolean;
  readonly record?: string;
  readonly setting?: readonly string[];
}

/** `isthmus run <workflow.json>`: runs a workflow definition in this process and shows its run. */
export function register(program: Command): void {
  program
    .command('run')
    .description(
      'run a workflow definition in this process, with real calls or with stubs, and show its run',
    )
    .argument('<workflow>', 'workflow.json of a Standard project, a template, or a bare definition')
    .option(
      '--input <file>',
      'what starts the run: { method, headers, queries, relativePath, body } as JSON',
    )
    .option('--parameters <file>', 'values of the parameters by name, as JSON')
    .option(
      '--workflow <name>',
      'which workflow of a template that has several; the first one by default',
    )
    .option('--json', 'print one JSON object instead of a tree')
    .option('--stub', 'answer every call with success, and skip waiting times')
    .option(
      '--static-results',
      'use every static result that an action names, also the disabled ones',
    )
    .option('--block-private-addresses', 'refuse calls to private and loopback addresses')
    .option('--record <file>', 'write the run as a test case that `isthmus test` repeats')
    .option('--setting <name=value...>', 'app settings, which win over local.settings.json')
    .action(async (file: string, options: RunOptions) => {
      const { runWorkflow } = await import('../run/run-workflow.js');
      process.exitCode = await runWorkflow(file, options);
    });
}
