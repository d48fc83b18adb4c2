import {
  actionPath,
  passPrefix,
  type ActionRecord,
  type Plan,
  type PlannedAction,
  type PlannedBranch,
  type RunState,
} from '@isthmus/workflow-engine';
import { writeJson, type WorkflowValue } from '@isthmus/workflow-expressions';

const widest = 100;
/** Passes of a loop that are shown; the others are counted. */
const shownPasses = 10;

/** A finished run as a tree for people: one line an action, with what went wrong. */
export function runTree(plan: Plan, state: RunState): string {
  const { workflow } = plan.environment;
  const lines = [
    `${workflow.name} ${state.runId}: ${state.status}${time(state.startedAt, state.endedAt)}`,
  ];
  if (state.error) lines.push(`  ${state.error.code}: ${state.error.message ?? ''}`);
  showBranch(lines, { state, branch: plan.root, prefix: '', indent: '' });
  if (state.response)
    lines.push(`response ${state.response.statusCode} ${short(state.response.body)}`);
  return lines.join('\n');
}

interface Level {
  readonly state: RunState;
  readonly branch: PlannedBranch;
  readonly prefix: string;
  readonly indent: string;
}

function showBranch(lines: string[], { state, branch, prefix, indent }: Level): void {
  for (const [index, action] of branch.actions.entries()) {
    const isLast = index === branch.actions.length - 1;
    const record = state.actions.get(actionPath(prefix, action.name));
    lines.push(`${indent}${isLast ? '└─' : '├─'} ${describe(action, record)}`);
    showInside(
      lines,
      { state, action, prefix, indent: `${indent}${isLast ? '   ' : '│  '}` },
      record,
    );
  }
}

function showInside(
  lines: string[],
  at: { state: RunState; action: PlannedAction; prefix: string; indent: string },
  record: ActionRecord | undefined,
): void {
  const { state, action, prefix, indent } = at;
  const { container } = record ?? {};
  if (!container) return;
  if (!container.loop) {
    for (const branch of action.branches) {
      if (container.branch === undefined || branch.name === container.branch)
        showBranch(lines, { state, branch, prefix, indent });
    }
    return;
  }
  const path = actionPath(prefix, action.name);
  for (let index = 0; index < Math.min(container.begun, shownPasses); index++) {
    lines.push(`${indent}[${index}] ${container.passes[index]?.status ?? 'Running'}`);
    for (const branch of action.branches) {
      showBranch(lines, { state, branch, prefix: passPrefix(path, index), indent: `${indent}  ` });
    }
  }
  if (container.begun > shownPasses) lines.push(`${indent}… ${container.begun - shownPasses} more`);
}

function describe(action: PlannedAction, record: ActionRecord | undefined): string {
  if (!record) return `${action.name} (${action.type.type}) not run`;
  const code =
    record.code === undefined || record.code === 'NotSpecified' || record.code === 'OK'
      ? ''
      : ` ${record.code}`;
  const head = `${action.name} (${action.type.type}) ${record.status}${code}${time(record.startedAt, record.endedAt)}`;
  if (record.error && record.status !== 'Skipped')
    return `${head} ${record.error.message ?? record.error.code}`;
  if (action.type.children || record.outputs === undefined || action.secure.outputs) return head;
  return `${head} ${short(record.outputs)}`;
}

function time(from: number, to: number | undefined): string {
  return to === undefined || to - from < 1 ? '' : ` ${Math.round(to - from)} ms`;
}

function short(value: WorkflowValue | undefined): string {
  if (value === undefined) return '';
  const text = writeJson(value);
  return text.length > widest ? `${text.slice(0, widest)}…` : text;
}
