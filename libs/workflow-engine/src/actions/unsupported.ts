import type { ActionType } from './action-type.js';
import { failed } from './succeeded.js';
import { worded } from '../run/worded.js';

/** Types of the platform that are out of reach, by the reason. */
const reasons: Readonly<Record<string, string>> = {
  'electronic data interchange':
    'AS2Decode AS2Encode EdifactBatchEncode EdifactDecode EdifactEncode ' +
    'HL7Decode HL7Encode RosettaNetDecode RosettaNetEncode RosettaNetWaitForResponse SwiftDecode ' +
    'SwiftEncode SwiftMTDecode SwiftMTEncode X12BatchEncode X12Decode X12Encode',
  'language model agents':
    'Agent AgentHandoff ChunkText ChunkTextWithMetadata McpClientTool NestedAgent ParseDocument ' +
    'ParseDocumentWithMetadata',
  'it needs the .NET or PowerShell runtime': 'CSharpScriptCode PowershellCode',
  'no public description of its behaviour':
    'ApiApp ApiConnectionNotification ArchiveZip Batch Binding Changeset Connector ExtractArchive ' +
    'Flow Manual OpenApiConnectionNotification Rule RulesExecute',
};

/** Types that load and validate; an action of them fails, saying so. */
export const unsupportedTypes: readonly ActionType[] = Object.entries(reasons).flatMap(
  ([reason, types]) => types.split(' ').map((type) => unsupported(type, reason)),
);

function unsupported(type: string, reason: string): ActionType {
  return {
    type,
    unsupported: reason,
    inputs: () => null,
    start: (_inputs, scope) =>
      failed(
        'ActionTypeNotSupported',
        worded`The action '${scope.action.name}' cannot run: the type '${type}' is not supported (${reason}).`,
      ),
  };
}
