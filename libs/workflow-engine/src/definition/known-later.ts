import { isTemplate, type WorkflowValue } from '@isthmus/workflow-expressions';
import { isStandIn } from './arm/stand-in.js';

/**
 * Whether a value says nothing yet: a template of expressions, which is checked when it is evaluated, or a text that
 * only a deployment fills in.
 */
export function isKnownLater(value: WorkflowValue | undefined): boolean {
  return (
    typeof value === 'string' && (isTemplate(value) || value.startsWith('[') || isStandIn(value))
  );
}
