import { PolicyDocument } from '@isthmus/policy-engine';
import { relativeReference } from '@isthmus/artifacts';
import type { Mistake } from '../resources/resource-type.js';
import type { StoredResource } from '../resources/store/resource.store.js';
import { sourceOf } from './policy-source.js';

const sections = ['inbound', 'backend', 'outbound', 'on-error'];

/**
 * What policy restrictions forbid in a document: with `requireBase` every section of the documents at and below its
 * `scope` (a path such as `/apis/orders`; empty or `/`: all) takes over the broader scope by `<base />`.
 */
export function restrictionMistakes(
  document: StoredResource,
  restrictions: readonly StoredResource[],
): Mistake[] {
  const owner = document.key.replace(/\/policies\/policy$/, '');
  // The global document has nothing broader.
  if (owner === '') return [];
  const binding = restrictions.find(({ properties }) => {
    const scope = relativeReference(
      typeof properties['scope'] === 'string' ? properties['scope'] : '',
    )
      .toLowerCase()
      .replace(/\/policies(\/policy)?$/, '')
      .replace(/^\/?(.*?)\/?$/, '/$1');
    const isWithin = scope === '/' || owner === scope || owner.startsWith(`${scope}/`);
    return isWithin && String(properties['requireBase']).toLowerCase() === 'true';
  });
  if (!binding) return [];
  const { root } = PolicyDocument.of(sourceOf(document));
  return sections
    .filter((name) => {
      const section = root?.children.find((one) => one.name === name);
      return !section?.children.some((one) => one.name === 'base');
    })
    .map((name) => ({
      target: name,
      message: `The policy restriction '${binding.id}' requires <base /> in the section '${name}'.`,
    }));
}
