import {
  argumentNull,
  createSymmetricAlgorithm,
  DotNetError,
  SymmetricAlgorithm,
} from '@isthmus/dotnet';
import type { Runtime } from '../../runtime/runtime.js';
import { typeTable } from '../table.js';
import { charge } from './hash-algorithms.js';

type Bytes = Uint8Array | null;

function given<T>(value: T | null, name: string): T {
  if (value === null) throw argumentNull(name);
  return value;
}

const nullReference = (): DotNetError =>
  new DotNetError(
    'System.NullReferenceException',
    'Object reference not set to an instance of an object.',
  );

/** The bytes that the extension is called on. */
function source(bytes: Bytes, runtime: Runtime): Uint8Array {
  if (bytes === null) throw nullReference();
  charge(runtime, bytes.length);
  return bytes;
}

function algorithmOf(name: string | null, runtime: Runtime): SymmetricAlgorithm {
  const algorithm = createSymmetricAlgorithm(given(name, 'name'), (count) =>
    runtime.randomBytes(count),
  );
  if (!algorithm) throw nullReference();
  return algorithm;
}

/** The gateway's own extensions of byte arrays, as its documentation lists them. */
export const byteExtensionsTable = typeTable(
  'static class Microsoft.ApiManagement.Cryptography.ByteArrayExtensions',
  {},
  {
    'static byte[] Encrypt(this byte[] input, string alg, byte[] key, byte[] iv)': (
      ...[input, name, key, iv, runtime]: [Bytes, string | null, Bytes, Bytes, Runtime]
    ) =>
      algorithmOf(name, runtime)
        .createEncryptor(key, iv)
        .transformFinalBlock(source(input, runtime)),
    'static byte[] Encrypt(this byte[] input, SymmetricAlgorithm alg)': (
      ...[input, algorithm, runtime]: [Bytes, SymmetricAlgorithm | null, Runtime]
    ) => given(algorithm, 'alg').encrypt(source(input, runtime)),
    'static byte[] Encrypt(this byte[] input, SymmetricAlgorithm alg, byte[] key, byte[] iv)': (
      ...[input, algorithm, key, iv, runtime]: [
        Bytes,
        SymmetricAlgorithm | null,
        Bytes,
        Bytes,
        Runtime,
      ]
    ) =>
      given(algorithm, 'alg').createEncryptor(key, iv).transformFinalBlock(source(input, runtime)),
    'static byte[] Decrypt(this byte[] input, string alg, byte[] key, byte[] iv)': (
      ...[input, name, key, iv, runtime]: [Bytes, string | null, Bytes, Bytes, Runtime]
    ) =>
      algorithmOf(name, runtime)
        .createDecryptor(key, iv)
        .transformFinalBlock(source(input, runtime)),
    'static byte[] Decrypt(this byte[] input, SymmetricAlgorithm alg)': (
      ...[input, algorithm, runtime]: [Bytes, SymmetricAlgorithm | null, Runtime]
    ) => given(algorithm, 'alg').decrypt(source(input, runtime)),
    'static byte[] Decrypt(this byte[] input, SymmetricAlgorithm alg, byte[] key, byte[] iv)': (
      ...[input, algorithm, key, iv, runtime]: [
        Bytes,
        SymmetricAlgorithm | null,
        Bytes,
        Bytes,
        Runtime,
      ]
    ) =>
      given(algorithm, 'alg').createDecryptor(key, iv).transformFinalBlock(source(input, runtime)),
  },
);
