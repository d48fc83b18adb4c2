import { compileLiquid, DateTime, DotNetError, LiquidLimitError } from '@isthmus/dotnet';
import {
  isEnvelope,
  isObject,
  JsonTextError,
  memberOf,
  parseJson,
  writeJson,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { textMember } from '../plan/members.js';
import { badRequest } from '../run/template-failure.js';
import type { ActionScope, ActionType, Finished } from './action-type.js';
import { artifactName, contentText, missingContent, namedArtifact } from './content-text.js';
import { failed, succeeded } from './succeeded.js';
import { worded } from '../run/worded.js';

const kinds: Readonly<
  Record<string, { readonly from: 'json' | 'xml'; readonly to: 'json' | 'text' }>
> = {
  jsontojson: { from: 'json', to: 'json' },
  jsontotext: { from: 'json', to: 'text' },
  xmltojson: { from: 'xml', to: 'json' },
  xmltotext: { from: 'xml', to: 'text' },
};

/** Renders a Liquid map (the DotLiquid dialect) over JSON or XML, which it sees as `content`. */
export const liquid: ActionType = {
  type: 'Liquid',
  start(inputs, scope) {
    const kind = kinds[(textMember(scope.action.definition, 'kind') ?? '').toLowerCase()];
    if (!kind)
      return badRequest(
        'InvalidTemplate',
        worded`The kind of a 'Liquid' action must be one of 'JsonToJson, JsonToText, XmlToJson, XmlToText'.`,
      );
    const text = kind.from === 'xml' ? contentText(inputs) : jsonText(inputs);
    if (text === undefined) return missingContent;
    const found = namedArtifact(artifactName(inputs, 'map'), 'map', scope);
    if ('refusal' in found) return found.refusal;
    const { text: map } = found;
    const body = {
      text,
      contentType: kind.from === 'xml' ? 'application/xml' : 'application/json',
    };
    return render(map, body, kind.to, scope);
  },
};

function jsonText(inputs: WorkflowValue): string | undefined {
  const content = isObject(inputs) ? memberOf(inputs, 'content') : undefined;
  if (content === undefined || content === null) return undefined;
  return typeof content === 'string' || isEnvelope(content)
    ? contentText(inputs)
    : writeJson(content);
}

function render(
  map: string,
  body: { text: string; contentType: string },
  to: 'json' | 'text',
  scope: ActionScope,
): Finished {
  let text: string;
  try {
    text = compileLiquid(map, 'workflow').render({
      body,
      now: DateTime.fromUnixMilliseconds(Math.floor(scope.now)),
    });
  } catch (error) {
    if (!(error instanceof DotNetError || error instanceof LiquidLimitError)) throw error;
    return failed(
      'LiquidTransformFailed',
      worded`An error occurred while performing the Liquid transformation: ${error.message}`,
    );
  }
  if (to === 'text') return succeeded({ body: text });
  try {
    return succeeded({ body: parseJson(text) });
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    return failed(
      'LiquidTransformFailed',
      worded`The result of the Liquid transformation is no JSON: ${error.message}`,
    );
  }
}
