import { createHash } from 'node:crypto';
import type { AccountRow, ArtifactRow } from '../store/integration-accounts.store.js';

/** What the address of a call names; any subscription and group are accepted and given back. */
export interface AccountParams {
  readonly subscription?: string;
  readonly resourceGroup?: string;
  readonly account: string;
}

const type = 'Microsoft.Logic/integrationAccounts';

/** An integration account as `Microsoft.Logic/integrationAccounts`. */
export function accountView(params: Omit<AccountParams, 'account'>, row: AccountRow): object {
  const { properties, ...members } = JSON.parse(row.body) as { properties?: object };
  return {
    ...members,
    ...identity(params, row.name, type),
    properties: { state: 'Enabled', ...properties },
  };
}

/**
 * An artifact of an account.
 * @param link signed address of its content; absent: it has none
 * @param whole shows the content itself too
 */
export function artifactView(
  params: AccountParams,
  row: ArtifactRow,
  { link, whole }: { readonly link: string; readonly whole: boolean },
): object {
  const resource = JSON.parse(row.body) as { properties?: Record<string, unknown> };
  const { content, ...properties } = resource.properties ?? {};
  const isText = typeof content === 'string';
  return {
    ...resource,
    ...identity(params, `${row.account}/${row.kind}/${row.name}`, `${type}/${row.kind}`),
    properties: {
      ...properties,
      ...((whole || !isText) && content !== undefined && { content }),
      ...(isText && { contentLink: contentLink(link, content) }),
      createdTime: row.created_at.toISOString(),
      changedTime: row.changed_at.toISOString(),
    },
  };
}

function contentLink(uri: string, content: string): object {
  const bytes = Buffer.from(content, 'utf8');
  return {
    uri,
    contentSize: bytes.length,
    contentHash: {
      algorithm: 'sha256',
      value: createHash('sha256').update(bytes).digest('base64'),
    },
  };
}

function identity(params: Omit<AccountParams, 'account'>, path: string, kind: string) {
  const { subscription = 'local', resourceGroup = 'isthmus' } = params;
  const scope = `/subscriptions/${subscription}/resourceGroups/${resourceGroup}`;
  const name = path.slice(path.lastIndexOf('/') + 1);
  return { id: `${scope}/providers/${type}/${path}`, name, type: kind };
}
