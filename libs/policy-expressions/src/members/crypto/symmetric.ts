import {
  Aes,
  AesManaged,
  argumentException,
  argumentNull,
  bytesPart,
  createSymmetricAlgorithm,
  CryptoTransform,
  Rijndael,
  RijndaelManaged,
  SymmetricAlgorithm,
  TripleDes,
  type CipherMode,
  type PaddingMode,
  type RandomBytes,
} from '@isthmus/dotnet';
import type { Runtime } from '../../runtime/runtime.js';
import { enumTable, typeTable, type MemberRecord, type TypeTable } from '../table.js';
import { charge } from './hash-algorithms.js';

const NAMESPACE = 'System.Security.Cryptography';
const MODES: readonly CipherMode[] = ['CBC', 'ECB', 'OFB', 'CFB', 'CTS'];
const PADDINGS: readonly PaddingMode[] = ['None', 'PKCS7', 'Zeros', 'ANSIX923', 'ISO10126'];

const cipherModeTable = enumTable(`${NAMESPACE}.CipherMode`, {
  CBC: 1,
  ECB: 2,
  OFB: 3,
  CFB: 4,
  CTS: 5,
});
const paddingModeTable = enumTable(`${NAMESPACE}.PaddingMode`, {
  None: 1,
  PKCS7: 2,
  Zeros: 3,
  ANSIX923: 4,
  ISO10126: 5,
});

/** An enum member by its value, counted from one; throws ArgumentException. */
function member<T>(list: readonly T[], value: number): T {
  const found = list[value - 1];
  if (found === undefined) throw argumentException('Value was invalid.');
  return found;
}

const randomOf =
  (runtime: Runtime): RandomBytes =>
  (count) =>
    runtime.randomBytes(count);

const settings: MemberRecord = {
  'int KeySize { get; set; }': {
    get: (self: SymmetricAlgorithm) => self.keySize,
    set: (self: SymmetricAlgorithm, value: number) => {
      self.keySize = value;
    },
  },
  'int BlockSize { get; set; }': {
    get: (self: SymmetricAlgorithm) => self.blockSize,
    set: (self: SymmetricAlgorithm, value: number) => {
      self.blockSize = value;
    },
  },
  'int FeedbackSize { get; set; }': {
    get: (self: SymmetricAlgorithm) => self.feedbackSize,
    set: (self: SymmetricAlgorithm, value: number) => {
      self.feedbackSize = value;
    },
  },
  'CipherMode Mode { get; set; }': {
    get: (self: SymmetricAlgorithm) => MODES.indexOf(self.mode) + 1,
    set: (self: SymmetricAlgorithm, value: number) => {
      self.mode = member(MODES, value);
    },
  },
  'PaddingMode Padding { get; set; }': {
    get: (self: SymmetricAlgorithm) => PADDINGS.indexOf(self.padding) + 1,
    set: (self: SymmetricAlgorithm, value: number) => {
      self.padding = member(PADDINGS, value);
    },
  },
  'byte[] Key { get; set; }': {
    get: (self: SymmetricAlgorithm) => self.key,
    set: (self: SymmetricAlgorithm, value: Uint8Array | null) => {
      self.key = value;
    },
  },
  'byte[] IV { get; set; }': {
    get: (self: SymmetricAlgorithm) => self.iv,
    set: (self: SymmetricAlgorithm, value: Uint8Array | null) => {
      self.iv = value;
    },
  },
};

const methods: MemberRecord = {
  'void GenerateKey()': (self: SymmetricAlgorithm) => self.generateKey(),
  'void GenerateIV()': (self: SymmetricAlgorithm) => self.generateIv(),
  'bool ValidKeySize(int bitLength)': (self: SymmetricAlgorithm, bits: number) =>
    self.legalKeySizes.includes(bits),
  'ICryptoTransform CreateEncryptor()': (self: SymmetricAlgorithm) => self.createEncryptor(),
  'ICryptoTransform CreateEncryptor(byte[] rgbKey, byte[] rgbIV)': (
    ...[self, key, iv]: [SymmetricAlgorithm, Uint8Array | null, Uint8Array | null]
  ) => self.createEncryptor(key, iv),
  'ICryptoTransform CreateDecryptor()': (self: SymmetricAlgorithm) => self.createDecryptor(),
  'ICryptoTransform CreateDecryptor(byte[] rgbKey, byte[] rgbIV)': (
    ...[self, key, iv]: [SymmetricAlgorithm, Uint8Array | null, Uint8Array | null]
  ) => self.createDecryptor(key, iv),
  'void Clear()': () => undefined,
  'void Dispose()': () => undefined,
  'static SymmetricAlgorithm Create(string algName)': (name: string | null, runtime: Runtime) => {
    if (name === null) throw argumentNull('name');
    return createSymmetricAlgorithm(name, randomOf(runtime));
  },
};

const transformTable = typeTable(
  `interface ${NAMESPACE}.ICryptoTransform : IDisposable`,
  { instance: CryptoTransform },
  {
    'byte[] TransformFinalBlock(byte[] inputBuffer, int inputOffset, int inputCount)': (
      ...[self, bytes, offset, count, runtime]: [
        CryptoTransform,
        Uint8Array | null,
        number,
        number,
        Runtime,
      ]
    ) => {
      if (bytes === null) throw argumentNull('inputBuffer');
      charge(runtime, count);
      return self.transformFinalBlock(bytesPart(bytes, offset, count));
    },
    'int InputBlockSize { get; }': { get: (self: CryptoTransform) => self.blockSize },
    'int OutputBlockSize { get; }': { get: (self: CryptoTransform) => self.blockSize },
    'void Dispose()': () => undefined,
  },
);

type AlgorithmType = new (randomBytes: RandomBytes) => SymmetricAlgorithm;

/** A cipher's abstract class with Create, and its Managed subclass with a constructor. */
function cipherTables(name: string, type: AlgorithmType, managed?: AlgorithmType): TypeTable[] {
  const base = typeTable(
    `abstract class ${NAMESPACE}.${name} : SymmetricAlgorithm`,
    { instance: type },
    { [`static ${name} Create()`]: (runtime: Runtime) => new type(randomOf(runtime)) },
  );
  if (!managed) return [base];
  const own = typeTable(
    `class ${NAMESPACE}.${name}Managed : ${name}`,
    { instance: managed },
    { 'new()': (runtime: Runtime) => new managed(randomOf(runtime)) },
  );
  return [base, own];
}

export const symmetricTables: readonly TypeTable[] = [
  cipherModeTable,
  paddingModeTable,
  transformTable,
  typeTable(
    `abstract class ${NAMESPACE}.SymmetricAlgorithm : IDisposable`,
    { instance: SymmetricAlgorithm },
    settings,
    methods,
  ),
  ...cipherTables('Aes', Aes, AesManaged),
  ...cipherTables('Rijndael', Rijndael, RijndaelManaged),
  ...cipherTables('TripleDES', TripleDes),
];
