import { Type } from '@isthmus/contracts';
import type { ResourceType } from '../resources/resource-type.js';

const schema = Type.Object({ loggerId: Type.String({ minLength: 1 }) });

export const diagnostics: readonly ResourceType[] = ['diagnostics', 'apis/diagnostics'].map(
  (type) => ({ type, label: 'Diagnostic', schema, references: { loggerId: 'loggers' } }),
);
