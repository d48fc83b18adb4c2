import type { EventHub } from '../services/messages/event-hub.js';
import { readEventHub } from '../services/messages/event-hub.js';
import type { FailedPart } from './gateway-model.js';
import { withNamedValues } from './named-values.js';
import { Properties } from './resource-index.js';
import type { ResourceIndex } from './resource-index.js';

/** Event hubs of the loggers by name in lower case; a logger with mistakes is told, and its events go to the service log. */
export function compileLoggers(
  index: ResourceIndex,
  owner: string,
  namedValues: ReadonlyMap<string, string>,
): { hubs: Map<string, EventHub>; failed: FailedPart[] } {
  const hubs = new Map<string, EventHub>();
  const failed: FailedPart[] = [];
  for (const { id, name, properties } of index.in(`${owner}/loggers`)) {
    try {
      const hub = readEventHub(new Properties(withNamedValues(properties.raw, namedValues)));
      if (hub) hubs.set(name.toLowerCase(), hub);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      failed.push({ id, problems: [{ message }], keepsPrevious: false });
    }
  }
  return { hubs, failed };
}
