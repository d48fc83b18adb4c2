import * as policyExpressions from './policy-expressions.js';
import * as transformations from './transformations.js';
import type { VectorRunner } from './vectors.js';
import * as workflowFunctions from './workflow-functions.js';

/** Every vector runner of the product. */
export const runners = [policyExpressions, transformations, workflowFunctions] as VectorRunner[];
