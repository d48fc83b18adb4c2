export * from './value.js';
export { WorkflowExpressionError } from './error.js';
export type { ActionView, EvaluationScope } from './scope.js';
export { compileCondition } from './condition.js';
export { compileTemplate, type CompiledTemplate } from './template.js';
export type { Reference } from './references.js';
export { isTemplate, parseTemplate, type StringTemplate } from './syntax/template.js';
export { textOf } from './text.js';
export { workDone, workOfTemplate } from './work.js';
export {
  charsetOf,
  envelopeBytes,
  envelopeOf,
  isEnvelope,
  type ContentEnvelope,
} from './envelope.js';
export { JsonTextError } from './json/json-text-error.js';
export { parseJson, valueOf, type JsonReadOptions } from './json/read.js';
export { locateJson, placeOf, pointerStep, type TextPlace } from './json/locate.js';
export { storedJson, writeJson } from './json/write.js';
export { functionGroups, functions, type WorkflowFunction } from './functions/index.js';
export { parseExpression } from './syntax/parser.js';
export type { Dereference, ExpressionNode, FunctionNode, LiteralNode } from './syntax/tree.js';
export { collectUse, type ExpressionUse } from './references.js';
export { deepEquals } from './functions/equality.js';
