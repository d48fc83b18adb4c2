import { directoryString, oidText, readDer } from './der.js';
import { Oid } from './oid.js';

interface NameAttribute {
  readonly oid: string;
  readonly value: string;
}

const LABELS = /^(?:CN|SN|SERIALNUMBER|C|L|S|STREET|O|OU|T|G|I|E|DC)$/;

function attributesOf(der: Uint8Array): NameAttribute[][] {
  const [sequence] = readDer(der);
  return readDer(sequence?.content ?? new Uint8Array()).map((set) =>
    readDer(set.content).map((pair) => {
      const [type, value] = readDer(pair.content);
      return {
        oid: oidText(type?.content ?? new Uint8Array()),
        value: value ? directoryString(value) : '',
      };
    }),
  );
}

function attributeText({ oid, value }: NameAttribute): string {
  const name = new Oid(oid).friendlyName ?? '';
  const label = LABELS.test(name) ? name : `OID.${oid}`;
  const quoted = /[,+="\n<>#;]|^\s|\s$/.test(value) || value === '';
  return `${label}=${quoted ? `"${value.replaceAll('"', '""')}"` : value}`;
}

/** System.Security.Cryptography.X509Certificates.X500DistinguishedName. */
export class DistinguishedName {
  private readonly sets: readonly NameAttribute[][];

  constructor(readonly rawData: Uint8Array) {
    this.sets = attributesOf(rawData);
  }

  /** The last part of the structure first: `CN=x, O=y`. */
  get name(): string {
    return this.text(this.sets.toReversed(), ', ');
  }

  /** In the order of the structure. */
  decode(separator = ', '): string {
    return this.text(this.sets, separator);
  }

  /** The value of an attribute, as GetNameInfo looks for it. */
  attribute(oid: string): string | undefined {
    return this.sets.flat().findLast((attribute) => attribute.oid === oid)?.value;
  }

  private text(sets: readonly NameAttribute[][], separator: string): string {
    return sets.map((set) => set.map(attributeText).join(' + ')).join(separator);
  }
}
