import type { Command } from 'commander';
import type { ApplyOptions } from './apply-folder.js';
import { withCatalogOptions } from './catalog-access.js';
import { folderOptions } from './folder.js';

/** What tells `isthmus plan` from `isthmus apply`. */
export interface ApplyCommand {
  readonly name: 'apply' | 'plan';
  readonly description: string;
  /** Shows the changes and makes none. */
  readonly onlyShows: boolean;
}

/** Adds a command that compares an APIOps folder with a catalog. */
export function addApplyCommand(
  program: Command,
  { name, description, onlyShows }: ApplyCommand,
): void {
  const command = program.command(`${name} <folder>`).description(description);
  for (const [flags, text] of folderOptions) command.option(flags, text);
  withCatalogOptions(command, 'required')
    .option('--delete', 'also delete what is in the catalog and not in the folder')
    .option('--exit-code', 'exit with 3 when something differs')
    .option('--json', 'print the changes as JSON')
    .action(async (folder: string, options: ApplyOptions) => {
      const { applyFolder } = await import('./apply-folder.js');
      process.exitCode = await applyFolder(folder, options, onlyShows);
    });
}
