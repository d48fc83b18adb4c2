import type { Database } from '@isthmus/database';
import { sql, type Selectable } from 'kysely';
import type { Tables } from './tables.js';

/** An integration account. */
export type AccountRow = Selectable<Tables['integration_accounts']>;
/** A map, schema, certificate, partner or agreement of one. */
export type ArtifactRow = Selectable<Tables['integration_artifacts']>;

/** Integration accounts and what they hold; names are found in any case. */
export class IntegrationAccountsStore {
  constructor(private readonly database: Database<Tables>) {}

  account(name: string): Promise<AccountRow | undefined> {
    return this.database.db
      .selectFrom('integration_accounts')
      .selectAll()
      .where(sql<boolean>`lower(name) = lower(${name})`)
      .executeTakeFirst();
  }

  /** In order of their names. */
  accounts(): Promise<AccountRow[]> {
    return this.database.db
      .selectFrom('integration_accounts')
      .selectAll()
      .orderBy('name')
      .execute();
  }

  /** Creates an account or changes its body. @param keys of a new one */
  async putAccount(
    name: string,
    body: string,
    keys: { readonly primary: string; readonly secondary: string },
  ): Promise<AccountRow> {
    const known = await this.account(name);
    return this.database.db
      .insertInto('integration_accounts')
      .values({
        name: known?.name ?? name,
        body,
        primary_key: keys.primary,
        secondary_key: keys.secondary,
      })
      .onConflict((conflict) =>
        conflict.column('name').doUpdateSet({ body, changed_at: sql`now()` }),
      )
      .returningAll()
      .executeTakeFirstOrThrow();
  }

  async setKey(name: string, kind: 'primary_key' | 'secondary_key', key: string): Promise<void> {
    await this.database.db
      .updateTable('integration_accounts')
      .set(kind === 'primary_key' ? { primary_key: key } : { secondary_key: key })
      .where('name', '=', name)
      .execute();
  }

  /** With all that it holds. */
  async removeAccount(name: string): Promise<void> {
    await this.database.db.deleteFrom('integration_accounts').where('name', '=', name).execute();
  }

  /** In order of their names; of one kind, or all. */
  artifacts(account: string, kind?: string): Promise<ArtifactRow[]> {
    let query = this.database.db
      .selectFrom('integration_artifacts')
      .selectAll()
      .where('account', '=', account)
      .orderBy('name');
    if (kind !== undefined) query = query.where('kind', '=', kind);
    return query.execute();
  }

  artifact(account: string, kind: string, name: string): Promise<ArtifactRow | undefined> {
    return this.database.db
      .selectFrom('integration_artifacts')
      .selectAll()
      .where('account', '=', account)
      .where('kind', '=', kind)
      .where(sql<boolean>`lower(name) = lower(${name})`)
      .executeTakeFirst();
  }

  /** @returns the row, and whether it is new */
  async putArtifact(
    account: string,
    kind: string,
    { name, body }: { readonly name: string; readonly body: string },
  ): Promise<{ row: ArtifactRow; isNew: boolean }> {
    const known = await this.artifact(account, kind, name);
    const row = await this.database.db
      .insertInto('integration_artifacts')
      .values({ account, kind, name: known?.name ?? name, body })
      .onConflict((conflict) =>
        conflict
          .columns(['account', 'kind', 'name'])
          .doUpdateSet({ body, changed_at: sql`clock_timestamp()` }),
      )
      .returningAll()
      .executeTakeFirstOrThrow();
    return { row, isNew: known === undefined };
  }

  async removeArtifact({ account, kind, name }: ArtifactRow): Promise<void> {
    await this.database.db
      .deleteFrom('integration_artifacts')
      .where('account', '=', account)
      .where('kind', '=', kind)
      .where('name', '=', name)
      .execute();
  }

  /** Changes when anything in the account does. */
  async stamp(account: string): Promise<string> {
    const { rows } = await sql<{ stamp: string }>`
      select count(*) || ' ' || coalesce(max(changed_at)::text, '') as stamp
      from integration_artifacts where lower(account) = lower(${account})`.execute(
      this.database.db,
    );
    return rows[0]?.stamp ?? '';
  }
}
