/** What the warehouse holds back for one line of an order. */
export interface Reservation {
  readonly sku: string;
  readonly warehouse: string;
  readonly reserved: number;
  readonly available: boolean;
  readonly restockDate?: string;
}

/** Reservations by order number. */
export const reservations: ReadonlyMap<string, readonly Reservation[]> = new Map([
  [
    '1001',
    [
      { sku: 'PUMP-7', warehouse: 'HAM-1', reserved: 2, available: true },
      {
        sku: 'SEAL-2',
        warehouse: 'HAM-1',
        reserved: 6,
        available: false,
        restockDate: '2026-03-20',
      },
    ],
  ],
  ['1002', [{ sku: 'VALVE-3', warehouse: 'LIS-2', reserved: 1, available: true }]],
]);
