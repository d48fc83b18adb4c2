import type { Command } from 'commander';
import { addApplyCommand } from '../catalog/apply-command.js';

/** Adds `isthmus apply`. */
export function register(program: Command): void {
  addApplyCommand(program, {
    name: 'apply',
    description: 'Publish an APIOps folder to a catalog: all of it, or nothing and every mistake',
    onlyShows: false,
  });
}
