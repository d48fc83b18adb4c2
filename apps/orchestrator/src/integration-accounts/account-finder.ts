import { ServiceError } from '@isthmus/host';
import type {
  AccountRow,
  ArtifactRow,
  IntegrationAccountsStore,
} from '../store/integration-accounts.store.js';
import type { ArtifactKind } from './artifact-kinds.js';

/** @throws ServiceError 404 `IntegrationAccountNotFound` */
export async function accountOf(
  store: IntegrationAccountsStore,
  name: string,
): Promise<AccountRow> {
  const row = await store.account(name);
  if (row) return row;
  throw new ServiceError(
    404,
    'IntegrationAccountNotFound',
    `The integration account '${name}' could not be found.`,
  );
}

/** @throws ServiceError 404 */
export async function artifactOf(
  store: IntegrationAccountsStore,
  account: AccountRow,
  { kind, name }: { readonly kind: ArtifactKind; readonly name: string },
): Promise<ArtifactRow> {
  const row = await store.artifact(account.name, kind.path, name);
  if (row) return row;
  throw new ServiceError(
    404,
    'IntegrationAccountArtifactNotFound',
    `The integration account '${account.name}' has no ${kind.artifactType.toLowerCase()} '${name}'.`,
  );
}

/** Names stand in addresses. @throws ServiceError 400 */
export function assertResourceName(name: string): void {
  if (/^[\w.()-]{1,80}$/.test(name) && !/^\.+$/.test(name)) return;
  throw new ServiceError(
    400,
    'InvalidResourceName',
    `'${name}' is no name of a resource: letters, digits, '-', '_', '.' and parentheses, 80 at most.`,
  );
}
