import type { ActionType } from './action-type.js';
import { apiConnection, openApiConnection } from './api-connection.js';
import { apiConnectionWebhook, openApiConnectionWebhook } from './api-connection-webhook.js';
import { apiManagement } from './api-management.js';
import { appendToArrayVariable, appendToStringVariable } from './append-variable.js';
import { integrationAccountArtifactLookup } from './artifact-lookup.js';
import { compose } from './compose.js';
import { expression } from './expression.js';
import { flatFileDecoding, flatFileEncoding } from './flat-file.js';
import { foreach } from './foreach.js';
import { functionAction, invokeFunction } from './function.js';
import { http } from './http.js';
import { httpWebhook } from './http-webhook.js';
import { ifAction } from './if.js';
import { decrementVariable, incrementVariable } from './increment-variable.js';
import { initializeVariable } from './initialize-variable.js';
import { javaScriptCode } from './java-script-code.js';
import { join } from './join.js';
import { liquid } from './liquid.js';
import { parseJson } from './parse-json.js';
import { query } from './query.js';
import { response } from './response.js';
import { scope } from './scope.js';
import { select } from './select.js';
import { sendToBatch } from './send-to-batch.js';
import { serviceProvider } from './service-provider.js';
import { setVariable } from './set-variable.js';
import { switchAction } from './switch.js';
import { table } from './table.js';
import { terminate } from './terminate.js';
import { unsupportedTypes } from './unsupported.js';
import { until } from './until.js';
import { wait } from './wait.js';
import { workflow } from './workflow.js';
import { xmlCompose } from './xml-compose.js';
import { xmlParse } from './xml-parse.js';
import { xmlValidation } from './xml-validation.js';
import { xslt } from './xslt.js';

/** Every type of action; a type is supported by standing here. */
export const actionTypes: readonly ActionType[] = [
  apiConnection,
  apiConnectionWebhook,
  apiManagement,
  appendToArrayVariable,
  appendToStringVariable,
  compose,
  decrementVariable,
  expression,
  flatFileDecoding,
  flatFileEncoding,
  foreach,
  functionAction,
  http,
  httpWebhook,
  ifAction,
  incrementVariable,
  initializeVariable,
  integrationAccountArtifactLookup,
  invokeFunction,
  javaScriptCode,
  join,
  liquid,
  openApiConnection,
  openApiConnectionWebhook,
  parseJson,
  query,
  response,
  scope,
  select,
  sendToBatch,
  serviceProvider,
  setVariable,
  switchAction,
  table,
  terminate,
  until,
  wait,
  workflow,
  xmlCompose,
  xmlParse,
  xmlValidation,
  xslt,
  ...unsupportedTypes,
];

const byName = new Map(actionTypes.map((type) => [type.type.toLowerCase(), type] as const));

/** The type of that name, in any case. */
export function actionTypeOf(name: string): ActionType | undefined {
  return byName.get(name.toLowerCase());
}
