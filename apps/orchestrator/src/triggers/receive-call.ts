import { randomUUID } from 'node:crypto';
import type { Plan, PlannedTrigger, Received, TriggerRequest } from '@isthmus/workflow-engine';

/** Hands a call to a trigger: its outputs, or the answer that refuses it. */
export function receiveCall(
  plan: Plan,
  trigger: PlannedTrigger,
  request: TriggerRequest,
): Received {
  const now = Date.now();
  const { environment } = plan;
  return trigger.type.receive!(request, {
    trigger,
    environment,
    expressions: { now: () => now, newGuid: randomUUID, random: Math.random },
    now,
    effectFrame: () => ({
      id: '',
      path: '',
      idempotencyKey: '',
      timeout: environment.limits.requestTimeout,
    }),
  });
}
