import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Integration accounts: maps, schemas, certificates, partners and agreements that workflows name. */
const statements = [
  `
    create table integration_accounts (
      name text primary key,
      body text not null,
      primary_key text not null,
      secondary_key text not null,
      created_at timestamptz not null default now(),
      changed_at timestamptz not null default now()
    )`,
  `create unique index integration_accounts_by_name on integration_accounts (lower(name))`,
  `
    create table integration_artifacts (
      account text not null references integration_accounts (name) on delete cascade,
      kind text not null,
      name text not null,
      body text not null,
      created_at timestamptz not null default now(),
      changed_at timestamptz not null default clock_timestamp(),
      primary key (account, kind, name)
    )`,
  `create unique index integration_artifacts_by_name on integration_artifacts (account, kind, lower(name))`,
];

export const integrationAccounts004: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
