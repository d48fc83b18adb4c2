import type { Command } from 'commander';
import { withCatalogOptions } from '../catalog/catalog-access.js';
import type { ExportOptions } from '../catalog/export-folder.js';

/** Adds `isthmus export`. */
export function register(program: Command): void {
  const command = program
    .command('export <folder>')
    .description('Write what a catalog holds as an APIOps folder, secrets left out');
  withCatalogOptions(command, 'required')
    .option(
      '--specifications',
      'beside the operations write specification.yaml (OpenAPI) of each HTTP API, as the APIOps extractor does',
    )
    .option('--replace', 'the folder may hold artifacts: they are replaced')
    .action(async (folder: string, options: ExportOptions) => {
      const { exportFolder } = await import('../catalog/export-folder.js');
      process.exitCode = await exportFolder(folder, options);
    });
}
