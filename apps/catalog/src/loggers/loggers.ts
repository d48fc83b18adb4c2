import { Type } from '@isthmus/contracts';
import type { ResourceType } from '../resources/resource-type.js';

export const loggers: ResourceType = {
  type: 'loggers',
  label: 'Logger',
  schema: Type.Object({ loggerType: Type.String({ minLength: 1 }) }),
};
