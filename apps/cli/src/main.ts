import { Command } from 'commander';
import * as apply from './commands/apply.js';
import * as exportCommand from './commands/export.js';
import * as gateway from './commands/gateway.js';
import * as plan from './commands/plan.js';
import * as run from './commands/run.js';
import * as test from './commands/test.js';
import * as trace from './commands/trace.js';
import * as validate from './commands/validate.js';
import { sentenceOf } from './usage-error.js';

/** All commands, one file each; what they need is loaded when they run. */
const commands = [validate, test, gateway, run, trace, plan, apply, exportCommand];

// Whoever reads the output may stop before its end (`isthmus validate . | head`): that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

const program = new Command('isthmus').description(
  'Open integration services: API Management policies and Logic Apps workflows on your own machines',
);
for (const command of commands) command.register(program);
try {
  await program.parseAsync();
} catch (error) {
  const sentence = sentenceOf(error);
  if (sentence === undefined) throw error;
  console.error(`isthmus ${process.argv[2]}: ${sentence}`);
  process.exitCode = 2;
}
