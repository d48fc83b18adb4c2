export { openDatabase, type Database, type DatabaseOptions } from './open-database.js';
export {
  startEmbeddedPostgres,
  stopEmbeddedPostgres,
  type EmbeddedOptions,
  type EmbeddedPostgres,
} from './embedded/embedded-postgres.js';
export { listen, type Subscription } from './notifications.js';
