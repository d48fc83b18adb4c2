import { sql, type Kysely } from 'kysely';
import type { GatewayStatus } from '@isthmus/contracts';
import type { CatalogTables } from '../../resources/store/tables.js';

/** A report as stored. */
export interface GatewayReport extends GatewayStatus {
  readonly gatewayId: string;
  readonly reportedAt: Date;
}

/** The last report of each gateway process; those that were silent for a week are forgotten. */
export class GatewayReportStore {
  constructor(private readonly db: Kysely<CatalogTables>) {}

  async put(gatewayId: string, status: GatewayStatus): Promise<void> {
    const report = {
      revision: status.revision,
      version: status.version,
      applied: status.applied,
      failed: JSON.stringify(status.failed),
    };
    await this.db
      .insertInto('gateway_report')
      .values({ gateway_id: gatewayId, instance_id: status.instanceId, ...report })
      .onConflict((c) =>
        c
          .columns(['gateway_id', 'instance_id'])
          .doUpdateSet({ ...report, reported_at: sql<Date>`now()` }),
      )
      .execute();
    await this.db
      .deleteFrom('gateway_report')
      .where('reported_at', '<', sql<Date>`now() - interval '7 days'`)
      .execute();
  }

  async all(): Promise<GatewayReport[]> {
    const rows = await this.db
      .selectFrom('gateway_report')
      .selectAll()
      .orderBy('gateway_id')
      .orderBy('instance_id')
      .execute();
    return rows.map((row) => ({
      gatewayId: row.gateway_id,
      instanceId: row.instance_id,
      revision: row.revision,
      version: row.version,
      applied: row.applied,
      failed: row.failed as GatewayStatus['failed'],
      reportedAt: row.reported_at,
    }));
  }
}
