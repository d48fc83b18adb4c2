import {
  isArray,
  isObject,
  memberOf,
  namesOf,
  pointerStep,
  writeJson,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';

/** A place at which two versions differ. */
export interface VersionDifference {
  /** JSON pointer into the definition. */
  readonly pointer: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly before?: WorkflowValue;
  readonly after?: WorkflowValue;
}

/** Where two definitions differ; a member that exists in one only is one difference, whatever is in it. */
export function versionDifferences(
  before: WorkflowValue,
  after: WorkflowValue,
  pointer = '',
): VersionDifference[] {
  const members = (value: WorkflowValue) =>
    isObject(value) ? namesOf(value) : isArray(value) ? value.map((_, index) => String(index)) : [];
  const bothHaveMembers =
    (isObject(before) && isObject(after)) || (isArray(before) && isArray(after));
  if (!bothHaveMembers) {
    return writeJson(before) === writeJson(after)
      ? []
      : [{ pointer, change: 'changed', before, after }];
  }
  const names = new Set([...members(before), ...members(after)]);
  return [...names].flatMap((name): VersionDifference[] => {
    const [old, now] = [child(before, name), child(after, name)];
    const at = `${pointer}${pointerStep(name)}`;
    if (old === undefined) return [{ pointer: at, change: 'added', after: now! }];
    if (now === undefined) return [{ pointer: at, change: 'removed', before: old }];
    return versionDifferences(old, now, at);
  });
}

function child(value: WorkflowValue, name: string): WorkflowValue | undefined {
  if (isArray(value)) return value[Number(name)];
  return isObject(value) && namesOf(value).includes(name) ? memberOf(value, name) : undefined;
}
