import { compileXslt, DotNetError, type XsltResult } from '@isthmus/dotnet';
import {
  envelopeOf,
  isObject,
  memberOf,
  membersOf,
  textOf,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { objectMember } from '../plan/members.js';
import type { ActionType } from './action-type.js';
import { artifactName, contentText, missingContent, namedArtifact } from './content-text.js';
import { failed, succeeded } from './succeeded.js';
import { worded } from '../run/worded.js';

/**
 * Transforms XML by a map of the project or integration account. The body is an XML envelope, or text where the map
 * says so (`xsl:output`).
 */
export const xslt: ActionType = {
  type: 'Xslt',
  start(inputs, scope) {
    const content = contentText(inputs);
    if (content === undefined || content.trim() === '') {
      return missingContent;
    }
    const found = namedArtifact(artifactName(inputs, 'map'), 'map', scope);
    if ('refusal' in found) return found.refusal;
    const { name, text: map } = found;
    try {
      return succeeded({ body: bodyOf(compileXslt(map).transform(content, parametersOf(inputs))) });
    } catch (error) {
      if (!(error instanceof DotNetError)) throw error;
      return failed(
        'XsltTransformFailed',
        worded`An error occurred while processing the map '${name}': ${error.message}`,
      );
    }
  },
};

function bodyOf(result: XsltResult): WorkflowValue {
  if (result.method === 'text' || result.method === 'html') return result.text;
  return envelopeOf('application/xml; charset=utf-8', Buffer.from(result.text, 'utf8'));
}

/** `xsltParameters`; a prefix of a name (`input:X`) does not count. */
function parametersOf(inputs: WorkflowValue): Record<string, string> {
  const members = isObject(inputs) ? inputs : {};
  const given = objectMember(members, 'xsltParameters') ?? functionParameters(members);
  return Object.fromEntries(
    membersOf(given).map(([name, value]) => [
      name.slice(name.indexOf(':') + 1),
      typeof value === 'string' ? value : textOf(value),
    ]),
  );
}

function functionParameters(inputs: Readonly<Record<string, WorkflowValue>>) {
  const holder = memberOf(inputs, 'function');
  const inner = isObject(holder) ? objectMember(holder, 'inputs') : undefined;
  return (inner && objectMember(inner, 'parameters')) ?? {};
}
