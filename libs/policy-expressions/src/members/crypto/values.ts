import type { EncryptionPadding, RsaParameters, SignaturePadding } from '@isthmus/dotnet';

/** System.Security.Cryptography.HashAlgorithmName: a name, compared exactly. */
export class HashAlgorithmName {
  constructor(readonly name: string | null) {}
}

/** System.Security.Cryptography.RSASignaturePadding. */
export class RsaSignaturePadding {
  constructor(readonly name: SignaturePadding) {}
  static readonly pkcs1 = new RsaSignaturePadding('Pkcs1');
  static readonly pss = new RsaSignaturePadding('Pss');
}

/** System.Security.Cryptography.RSAEncryptionPadding. */
export class RsaEncryptionPadding {
  constructor(readonly name: EncryptionPadding) {}
  static readonly pkcs1 = new RsaEncryptionPadding('Pkcs1');
  static readonly oaepSha1 = new RsaEncryptionPadding('OaepSHA1');
  static readonly oaepSha256 = new RsaEncryptionPadding('OaepSHA256');
  static readonly oaepSha384 = new RsaEncryptionPadding('OaepSHA384');
  static readonly oaepSha512 = new RsaEncryptionPadding('OaepSHA512');
}

/** System.Security.Cryptography.RSAParameters: fields that object initialisers fill. */
export class RsaKeyParameters implements RsaParameters {
  modulus: Uint8Array | null = null;
  exponent: Uint8Array | null = null;
  d: Uint8Array | null = null;
  p: Uint8Array | null = null;
  q: Uint8Array | null = null;
  dp: Uint8Array | null = null;
  dq: Uint8Array | null = null;
  inverseQ: Uint8Array | null = null;

  static from(parameters: RsaParameters): RsaKeyParameters {
    return Object.assign(new RsaKeyParameters(), parameters);
  }
}
