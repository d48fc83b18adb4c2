import { sql, type ExpressionBuilder, type RawBuilder } from 'kysely';
import type { Tables } from './tables.js';

type Builder = ExpressionBuilder<Tables, 'runs'>;

/** What the history of runs of one version must not show, nor tell by a search. */
export interface SecuredParts {
  readonly version: string;
  /** Names as they stand at the end of paths. */
  readonly actions: readonly string[];
  readonly trigger: boolean;
}

/** A tracked property has this value. */
export function hasTracked(builder: Builder, { name, value }: { name: string; value: string }) {
  return builder.exists(
    builder
      .selectFrom('journal')
      .select('seq')
      .whereRef('journal.run_id', '=', 'runs.id')
      .where('body', 'like', '%"trackedProperties"%')
      .where(
        sql<boolean>`case when body like '%"trackedProperties"%'
          then body::json -> 'trackedProperties' ->> ${name} end = ${value}`,
      ),
  );
}

/** The journal holds a text, outside of what is secured. */
export function holdsText(
  builder: Builder,
  text: string,
  secured: readonly SecuredParts[],
): ReturnType<Builder['or']> {
  // The text stands in JSON: what JSON escapes, is looked for as JSON writes it.
  const written = JSON.stringify(text).slice(1, -1);
  const pattern = `%${written.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  const isHidden = hiddenBy(secured);
  const inJournal = sql<boolean>`exists (
    select 1 from journal where journal.run_id = runs.id
      and case when journal.body ilike ${pattern} then not ${isHidden} else false end)`;
  const inPayloads = sql<boolean>`exists (
    select 1 from payloads join journal
      on journal.run_id = payloads.run_id and journal.refs like '%' || payloads.hash || '%'
    where payloads.run_id = runs.id
      and case when payloads.body ilike ${pattern} then not ${isHidden} else false end)`;
  return builder.or([inJournal, inPayloads]);
}

/** Whether a row of the journal belongs to something secured. `->` reads no escapes: NULs stay harmless. */
function hiddenBy(secured: readonly SecuredParts[]): RawBuilder<boolean> {
  const conditions = secured.map(({ version, actions, trigger }) => {
    const names = actions.map((name) => JSON.stringify(name));
    return sql<boolean>`(runs.version = ${version} and case when journal.seq = 1 then ${trigger}
      else regexp_replace((journal.body::json -> 'path')::text, '^.*\\]\\.', '"') = any(${names}::text[]) end)`;
  });
  return conditions.length === 0
    ? sql<boolean>`false`
    : sql<boolean>`coalesce(${sql.join(conditions, sql` or `)}, false)`;
}
