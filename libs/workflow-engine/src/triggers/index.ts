import { apiConnection, openApiConnection } from './api-connection.js';
import { batch } from './batch.js';
import { http } from './http.js';
import { recurrence } from './recurrence.js';
import { manual, request } from './request.js';
import { serviceProvider } from './service-provider.js';
import { slidingWindow } from './sliding-window.js';
import type { TriggerType } from './trigger-type.js';
import { unsupportedTriggers } from './unsupported.js';
import { apiConnectionNotification, apiConnectionWebhook, httpWebhook } from './webhook.js';

/** Every type of trigger; a type is supported by standing here. */
export const triggerTypes: readonly TriggerType[] = [
  apiConnection,
  apiConnectionNotification,
  apiConnectionWebhook,
  batch,
  http,
  httpWebhook,
  manual,
  openApiConnection,
  { ...apiConnectionNotification, type: 'OpenApiConnectionNotification' },
  { ...apiConnectionWebhook, type: 'OpenApiConnectionWebhook' },
  recurrence,
  request,
  serviceProvider,
  slidingWindow,
  ...unsupportedTriggers,
];

const byName = new Map(triggerTypes.map((type) => [type.type.toLowerCase(), type] as const));

/** The type of that name, in any case. */
export function triggerTypeOf(name: string): TriggerType | undefined {
  return byName.get(name.toLowerCase());
}
