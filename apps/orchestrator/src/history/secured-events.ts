import { splitPath, type Plan, type RunEvent } from '@isthmus/workflow-engine';
import type { WorkflowValue } from '@isthmus/workflow-expressions';

/** Stands where a secured value was. */
const hidden = '*secured*';
const ofInputs = ['inputs', 'value'] as const;
const ofOutputs = ['outputs', 'progress', 'trackedProperties'] as const;

/** The events of a run without what its version secures: the rest tells what happened. */
export function withoutSecured(plan: Plan, events: readonly RunEvent[]): RunEvent[] {
  const isTriggerSecured = plan.triggers.some(({ secure }) => secure.inputs || secure.outputs);
  const secured = [...plan.actions.values()].some(({ secure }) => secure.inputs || secure.outputs);
  if (!isTriggerSecured && !secured) return [...events];
  return events.map((event) => {
    if (event.type === 'runStarted') return startedOf(plan, event);
    return 'path' in event ? eventOf(plan, event) : event;
  });
}

function startedOf(plan: Plan, event: RunEvent & { type: 'runStarted' }): RunEvent {
  const { inputs, outputs, ...trigger } = event.trigger;
  const secure = plan.triggers.find(({ name }) => name === trigger.name)?.secure;
  return {
    ...event,
    trigger: {
      ...trigger,
      ...(inputs !== undefined && !secure?.inputs && { inputs }),
      ...(outputs && { outputs: secure?.outputs ? { body: hidden } : outputs }),
    },
  };
}

function eventOf(plan: Plan, event: RunEvent & { readonly path: string }): RunEvent {
  const secure = plan.actions.get(splitPath(event.path).name.toLowerCase())?.secure;
  if (!secure?.inputs && !secure?.outputs) return event;
  const members: Record<string, unknown> = { ...event };
  const hide = (names: readonly string[]) => {
    for (const name of names) if (members[name] !== undefined) members[name] = hidden;
  };
  if (secure.inputs) hide(ofInputs);
  if (secure.outputs) hide(ofOutputs);
  if (secure.inputs && event.type === 'effectRequested') members['effect'] = blank(event.effect);
  if (secure.inputs && event.type === 'responded')
    members['response'] = { ...event.response, headers: {}, body: hidden };
  if (event.type === 'actionStarted' && event.container?.items && secure.inputs)
    members['container'] = { ...event.container, items: event.container.items.map(secret) };
  return members as unknown as RunEvent;
}

function secret(): WorkflowValue {
  return hidden;
}

/** What is left of a call: that it was asked for, and under which key. */
function blank(effect: (RunEvent & { type: 'effectRequested' })['effect']): object {
  const { kind, id, path, idempotencyKey, timeout } = effect;
  const request = { method: 'GET', uri: hidden, headers: {} };
  return { kind, id, path, idempotencyKey, timeout, request };
}
