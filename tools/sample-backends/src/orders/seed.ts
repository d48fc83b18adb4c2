/** A line of an order; prices in euros. */
export interface OrderLine {
  readonly sku: string;
  readonly name: string;
  readonly quantity: number;
  readonly unitPrice: number;
}

/** An order of the order service. */
export interface Order {
  readonly id: string;
  readonly customerId: string;
  readonly status: 'open' | 'shipped' | 'closed';
  readonly country: string;
  readonly placedAt: string;
  readonly lines: readonly OrderLine[];
}

export const seedOrders: readonly Order[] = [
  {
    id: '1001',
    customerId: 'C-100',
    status: 'open',
    country: 'DE',
    placedAt: '2026-03-02T09:30:00Z',
    lines: [
      { sku: 'PUMP-7', name: 'Circulation pump', quantity: 2, unitPrice: 149.5 },
      { sku: 'SEAL-2', name: 'Shaft seal', quantity: 10, unitPrice: 4.2 },
    ],
  },
  {
    id: '1002',
    customerId: 'C-101',
    status: 'shipped',
    country: 'PT',
    placedAt: '2026-03-04T14:05:00Z',
    lines: [{ sku: 'VALVE-3', name: 'Check valve', quantity: 1, unitPrice: 38 }],
  },
];
