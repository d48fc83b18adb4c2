import { Type } from '@isthmus/contracts';
import type { ResourceType } from '../resources/resource-type.js';

export const tags: ResourceType = {
  type: 'tags',
  label: 'Tag',
  schema: Type.Object({ displayName: Type.String({ minLength: 1, maxLength: 160 }) }),
};

/** Where a tag is put: its link on an API, an operation, a product. */
export const tagLinks: readonly ResourceType[] = [
  'apis/tags',
  'apis/operations/tags',
  'products/tags',
].map((type) => ({ type, label: 'Tag', linksTo: 'tags' }));
