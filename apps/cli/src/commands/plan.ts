import type { Command } from 'commander';
import { withCatalogOptions } from '../catalog/catalog-access.js';
import { folderOptions } from '../catalog/folder.js';
import type { ApplyOptions } from '../catalog/apply-folder.js';

/** Adds `isthmus plan`. */
export function register(program: Command): void {
  const command = program
    .command('plan <folder>')
    .description('Show what applying an APIOps folder to a catalog would change');
  for (const [flags, description] of folderOptions) command.option(flags, description);
  withCatalogOptions(command, 'required')
    .option('--delete', 'also delete what is in the catalog and not in the folder')
    .option('--exit-code', 'exit with 3 when something differs')
    .option('--json', 'print the changes as JSON')
    .action(async (folder: string, options: ApplyOptions) => {
      const { applyFolder } = await import('../catalog/apply-folder.js');
      process.exitCode = await applyFolder(folder, options, true);
    });
}
