import type { WorkflowObject } from '@isthmus/workflow-expressions';
import { actionTree } from './action-tree.js';
import { checkContainers } from './check-containers.js';
import { checkExpressions } from './check-expressions.js';
import { checkGraph } from './check-graph.js';
import { checkInputs } from './check-inputs.js';
import { checkMembers } from './check-members.js';
import { checkSettings } from './check-settings.js';
import { checkShape } from './check-shape.js';
import { checkVariables } from './check-variables.js';
import { defaultDefinitionLimits, type DefinitionLimits } from './definition-limits.js';
import { Report, type Finding } from './problem.js';

/**
 * Checks a definition as the service does when one is saved: strict about names, references, the
 * `runAfter` graph, containers and limits; tolerant of unknown members; silent about what fails
 * only when it is evaluated (unknown functions, counts and types of arguments).
 *
 * @param now milliseconds since 1970; undefined: how far the starts of recurrences are away is not checked
 * @returns findings with pointers relative to the definition; none for a good one
 */
export function validateDefinition(
  definition: WorkflowObject,
  limits: DefinitionLimits = defaultDefinitionLimits,
  now?: number,
): readonly Finding[] {
  const report = new Report();
  const tree = actionTree(definition);
  checkShape(definition, tree, limits, report);
  checkGraph(tree, limits, report);
  checkContainers(definition, tree, limits, report);
  checkVariables(tree, limits, report);
  checkExpressions(definition, tree, report);
  checkSettings(definition, tree, now, report);
  checkMembers(definition, tree, report);
  checkInputs(tree, report);
  return report.findings;
}
