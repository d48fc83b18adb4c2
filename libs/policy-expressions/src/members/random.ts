import { argumentNull, NetRandom } from '@isthmus/dotnet';
import type { Runtime } from '../runtime/runtime.js';
import { typeTable } from './table.js';

export const randomTable = typeTable(
  'class System.Random',
  { instance: NetRandom },
  {
    'new()': (runtime: Runtime) => NetRandom.fromUniform(() => runtime.random()),
    'new(int Seed)': (seed: number) => NetRandom.fromSeed(seed),
    'static Random Shared { get; }': {
      get: (runtime: Runtime) => NetRandom.fromUniform(() => runtime.random()),
    },
    'int Next()': (self: NetRandom) => self.next(),
    'int Next(int maxValue)': (self: NetRandom, max: number) => self.nextBelow(max),
    'int Next(int minValue, int maxValue)': (self: NetRandom, min: number, max: number) =>
      self.nextBetween(min, max),
    'double NextDouble()': (self: NetRandom) => self.nextDouble(),
    'void NextBytes(byte[] buffer)': (self: NetRandom, bytes: Uint8Array | null) => {
      if (bytes === null) throw argumentNull('buffer');
      self.nextBytes(bytes);
    },
  },
);
