export type { Call, CallHolder } from './call.js';
export { hopFields, isHopByHop, namedByConnection } from './connection-fields.js';
export { isFieldValue } from './field-text.js';
export { codeOf, Http1Failure, type Http1Cause, socketCauses } from './failure.js';
export { Http1Client, type AddressGuard, type Http1Limits } from './http1-client.js';
export { NameTable, nameSet } from './name-table.js';
export type { BodyFlow, BodyReceiver, PushedBody } from './pushed-body.js';
export { ResponseHead } from './response-head.js';
export { bodyKind, keptFields, type BodyKind } from './server/answer-head.js';
export { Http1Server, type Http1ServerOptions } from './server/http1-server.js';
export type { Expectation } from './server/received-head.js';
export type { RefusedRequest } from './server/refused-request.js';
export {
  CallerGone,
  type AnswerHead,
  type CallerWatcher,
  type ServerExchange,
} from './server/server-exchange.js';
