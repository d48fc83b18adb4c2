import { argumentOutOfRange } from '../dotnet-error.js';

const MAX = 2147483647;

/** Where numbers come from: a generator of integers in [0, 2^31 - 1). */
interface Source {
  readonly next: () => number;
}

/** The subtractive generator that `new Random(seed)` has used in every version of .NET. */
function seeded(seed: number): Source {
  const state = new Int32Array(56);
  let mj = 161803398 - (seed === -2147483648 ? MAX : Math.abs(seed));
  state[55] = mj;
  let mk = 1;
  for (let i = 1, ii = 0; i < 55; i++) {
    ii = (ii + 21) % 55;
    state[ii] = mk;
    mk = mj - mk;
    if (mk < 0) mk += MAX;
    mj = state[ii] ?? 0;
  }
  for (let round = 1; round < 5; round++) {
    for (let i = 1; i < 56; i++) {
      const n = (i + 30) % 55;
      let value = ((state[i] ?? 0) - (state[1 + n] ?? 0)) | 0;
      if (value < 0) value += MAX;
      state[i] = value;
    }
  }
  let index = 0;
  let partner = 21;
  return {
    next: () => {
      index = index >= 55 ? 1 : index + 1;
      partner = partner >= 55 ? 1 : partner + 1;
      let value = (state[index] ?? 0) - (state[partner] ?? 0);
      if (value === MAX) value--;
      if (value < 0) value += MAX;
      state[index] = value;
      return value;
    },
  };
}

/** System.Random: reproducible from a seed, else drawing on the caller's uniform numbers in [0, 1). */
export class NetRandom {
  /** Unchecked: use the static functions. */
  constructor(private readonly source: Source) {}

  static fromSeed(seed: number): NetRandom {
    return new NetRandom(seeded(seed));
  }

  static fromUniform(random: () => number): NetRandom {
    return new NetRandom({ next: () => Math.min(MAX - 1, Math.floor(random() * MAX)) });
  }

  /** In [0, 2^31 - 1). */
  next(): number {
    return this.source.next();
  }

  /** In [0, 1). */
  nextDouble(): number {
    return this.source.next() * (1 / MAX);
  }

  /** In [0, max); throws ArgumentOutOfRangeException for a negative bound. */
  nextBelow(max: number): number {
    if (max < 0) throw argumentOutOfRange('maxValue', `'maxValue' must be greater than zero.`);
    return Math.trunc(this.nextDouble() * max);
  }

  /** In [min, max); throws ArgumentOutOfRangeException when min is greater. */
  nextBetween(min: number, max: number): number {
    if (min > max)
      throw argumentOutOfRange('minValue', "'minValue' cannot be greater than maxValue.");
    const range = max - min;
    if (range <= MAX) return Math.trunc(this.nextDouble() * range) + min;
    const magnitude = this.source.next();
    const signed = this.source.next() % 2 === 0 ? -magnitude : magnitude;
    return Math.trunc(((signed + (MAX - 1)) / (2 * MAX - 1)) * range) + min;
  }

  nextBytes(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; i++) bytes[i] = this.source.next() & 0xff;
  }
}
