import { Decimal } from '@isthmus/dotnet';
import { Float, type WorkflowValue } from '@isthmus/workflow-expressions';

/** The number that a value is for comparisons; undefined for anything else. */
export function numericOf(value: WorkflowValue | undefined): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Float) return value.value;
  return value instanceof Decimal ? Number(value.toString()) : undefined;
}
