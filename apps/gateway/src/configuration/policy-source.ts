import type { PolicySource } from '@isthmus/policy-engine';
import type { ResourceIndex } from './resource-index.js';

/** The document of a policy resource. */
export function policySource(index: ResourceIndex, id: string): PolicySource | undefined {
  const properties = index.get(`${id}/policies/policy`)?.properties;
  const text = properties?.text('value');
  if (text === undefined) return undefined;
  return {
    text,
    format: properties?.text('format') === 'xml' ? 'xml' : 'rawxml',
    path: `${id}/policies/policy`,
  };
}
