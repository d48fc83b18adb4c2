import { Cancellation } from './cancellation.js';

describe('Cancellation', () => {
  it('tells the exchange that runs, once', () => {
    const cancellation = new Cancellation();
    let told = 0;
    cancellation.listener = () => (told += 1);
    cancellation.cancel();
    cancellation.cancel();
    expect([told, cancellation.cancelled, cancellation.listener]).toEqual([1, true, null]);
  });

  it('aborts a signal that somebody asked for before', () => {
    const cancellation = new Cancellation();
    const { signal } = cancellation;
    expect(signal.aborted).toBe(false);
    cancellation.cancel();
    expect(signal.aborted).toBe(true);
    expect(cancellation.signal).toBe(signal);
  });

  it('gives whoever asks later an aborted signal', () => {
    const cancellation = new Cancellation();
    cancellation.cancel();
    expect(cancellation.signal.aborted).toBe(true);
  });
});
