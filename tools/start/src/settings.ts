import { parseArgs } from 'node:util';

/** What `npm start` is told: `-- --free-ports --data <folder>`. */
export interface StartSettings {
  /** Take free ports from the start instead of the usual ones. */
  readonly freePorts: boolean;
  /** Folder of everything that is kept; default `.isthmus` of the clone. */
  readonly dataFolder: string;
}

export function readStartSettings(): StartSettings {
  const { values } = parseArgs({
    options: {
      'free-ports': { type: 'boolean', default: false },
      data: { type: 'string', default: '.isthmus' },
    },
  });
  return { freePorts: values['free-ports'], dataFolder: values.data };
}

/**
 * The environment of the platform's processes: this one's without the settings of any service, so that what is
 * started is the same wherever it is started.
 */
export function ownEnvironment(): Record<string, string | undefined> {
  const own = Object.entries(process.env).filter(
    ([name]) =>
      !name.startsWith('ISTHMUS_') &&
      name !== 'DATABASE_URL' &&
      name !== 'REDIS_URL' &&
      name !== 'NODE_ENV',
  );
  return Object.fromEntries(own);
}
