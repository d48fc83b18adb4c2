import { sql, type Kysely } from 'kysely';
import type { CallTrace } from '@isthmus/contracts';
import type { CatalogTables } from '../../resources/store/tables.js';

/** Traces of a gateway that are kept at most; older ones go first. */
const mostOfGateway = 1000;

/** Traces of single calls, kept for an hour. */
export class CallTraceStore {
  constructor(private readonly db: Kysely<CatalogTables>) {}

  async put(gatewayId: string, trace: CallTrace): Promise<void> {
    const value = { gateway_id: gatewayId, trace_id: trace.traceId, trace: JSON.stringify(trace) };
    await this.db
      .insertInto('call_trace')
      .values(value)
      .onConflict((c) => c.columns(['gateway_id', 'trace_id']).doNothing())
      .execute();
    await this.db
      .deleteFrom('call_trace')
      .where((e) =>
        e.or([
          e('recorded_at', '<', sql<Date>`now() - interval '1 hour'`),
          e(
            'trace_id',
            'in',
            e
              .selectFrom('call_trace')
              .select('trace_id')
              .where('gateway_id', '=', gatewayId)
              .orderBy('recorded_at', 'desc')
              .offset(mostOfGateway),
          ),
        ]),
      )
      .execute();
  }

  async find(gatewayId: string, traceId: string): Promise<CallTrace | undefined> {
    const row = await this.db
      .selectFrom('call_trace')
      .select('trace')
      .where('gateway_id', '=', gatewayId)
      .where('trace_id', '=', traceId)
      .where('recorded_at', '>', sql<Date>`now() - interval '1 hour'`)
      .executeTakeFirst();
    return row?.trace;
  }
}
