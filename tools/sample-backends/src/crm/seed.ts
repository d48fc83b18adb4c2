/** A customer record of the CRM. */
export interface Customer {
  readonly id: string;
  readonly name: string;
  readonly segment: 'key' | 'standard';
  readonly email: string;
  readonly country: string;
}

export const seedCustomers: readonly Customer[] = [
  {
    id: 'C-100',
    name: 'Nordlicht Pumpen GmbH',
    segment: 'key',
    email: 'einkauf@nordlicht.example',
    country: 'DE',
  },
  {
    id: 'C-101',
    name: 'Atlantico Agua Lda',
    segment: 'standard',
    email: 'compras@atlantico.example',
    country: 'PT',
  },
  {
    id: 'C-102',
    name: 'Fjord Marine AS',
    segment: 'standard',
    email: 'post@fjord.example',
    country: 'NO',
  },
];
