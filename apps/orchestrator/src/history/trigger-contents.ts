import type { PlannedTrigger } from '@isthmus/workflow-engine';
import type { RunListRow, TriggerSizes } from '../store/runs.store.js';

/** Where a link to contents of a trigger stands: in a run, or in the history of the trigger. */
export type TriggerPlace = 'runs' | 'histories';

/**
 * `inputsLink` and `outputsLink` of a trigger that fired; what is secured has none.
 * @param link signs the path of a content below the workflow
 */
export function triggerLinks(
  of: {
    readonly row: RunListRow;
    readonly place: TriggerPlace;
    readonly secure: PlannedTrigger['secure'] | undefined;
    readonly sizes: TriggerSizes | undefined;
  },
  link: (path: string) => string,
): object {
  const { row, place, secure, sizes } = of;
  const owner =
    place === 'runs' ? `runs/${row.id}` : `triggers/${row.trigger_name}/histories/${row.id}`;
  const linkOf = (member: 'inputs' | 'outputs', name: string) => {
    const contentSize = sizes?.[member] ?? null;
    if (contentSize === null || secure?.[member]) return {};
    return { [`${member}Link`]: { uri: link(`${owner}/contents/${name}`), contentSize } };
  };
  return { ...linkOf('inputs', 'TriggerInputs'), ...linkOf('outputs', 'TriggerOutputs') };
}
