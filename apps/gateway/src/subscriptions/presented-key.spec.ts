import { PresentedKey } from './presented-key.js';
import type { Subscription, SubscriptionTable } from './subscription-table.js';

/** A table that knows one key and counts how often it was asked. */
function tableOf(known: string): SubscriptionTable & { asked: number } {
  const table = {
    asked: 0,
    find(key: string) {
      table.asked += 1;
      return key === known ? ({ id: known } as Subscription) : undefined;
    },
  };
  return table as unknown as SubscriptionTable & { asked: number };
}

describe('the key of a connection', () => {
  it('is looked up once while it stays the same', () => {
    const table = tableOf('a');
    const key = new PresentedKey();
    for (let call = 0; call < 3; call++) expect(key.in(table).find('a')?.id).toBe('a');
    expect(table.asked).toBe(1);
  });

  it('is looked up again when another one comes, and when that one is wrong', () => {
    const table = tableOf('a');
    const key = new PresentedKey();
    expect(key.in(table).find('a')?.id).toBe('a');
    expect(key.in(table).find('b')).toBeUndefined();
    expect(key.in(table).find('b')).toBeUndefined();
    expect(key.in(table).find('a')?.id).toBe('a');
    expect(table.asked).toBe(3);
  });

  it('is worth nothing once another configuration does not know it', () => {
    const key = new PresentedKey();
    expect(key.in(tableOf('a')).find('a')?.id).toBe('a');
    expect(key.in(tableOf('b')).find('a')).toBeUndefined();
  });
});
