import type { PolicySource } from '@isthmus/policy-engine';
import type { StoredResource } from '../resources/store/resource.store.js';

/** The document of a policy resource or a fragment, as the engine takes it. */
export function sourceOf({ id, properties }: StoredResource): PolicySource {
  const { value, format } = properties;
  return { text: String(value), format: format === 'rawxml' ? 'rawxml' : 'xml', path: id };
}
