import { Type } from '@isthmus/contracts';
import type { ResourceType } from '../resources/resource-type.js';

/** Schemas of one API (content type and document), and global ones (type and value), for validation policies. */
export const schemas: readonly ResourceType[] = [
  {
    type: 'schemas',
    label: 'Schema',
    schema: Type.Object({ schemaType: Type.Union([Type.Literal('xml'), Type.Literal('json')]) }),
  },
  {
    type: 'apis/schemas',
    label: 'Schema',
    schema: Type.Object({ contentType: Type.String({ minLength: 1 }) }),
  },
];
