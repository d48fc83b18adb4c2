import type { Command } from 'commander';
import { addApplyCommand } from '../catalog/apply-command.js';

/** Adds `isthmus plan`. */
export function register(program: Command): void {
  addApplyCommand(program, {
    name: 'plan',
    description: 'Show what applying an APIOps folder to a catalog would change',
    onlyShows: true,
  });
}
