import { argumentNull, IpAddress } from '@isthmus/dotnet';
import type { Ref } from '../../runtime/ref.js';
import { enumTable, typeTable } from '../table.js';

export const addressFamilyTable = enumTable('System.Net.Sockets.AddressFamily', {
  Unspecified: 0,
  InterNetwork: 2,
  InterNetworkV6: 23,
});

export const ipAddressTable = typeTable(
  'class System.Net.IPAddress',
  {
    instance: IpAddress,
    equals: (left: IpAddress, right: IpAddress) => left.equals(right),
    key: (value: IpAddress) => value.toString(),
    text: (value: IpAddress) => value.toString(),
  },
  {
    'AddressFamily AddressFamily { get; }': { get: (self: IpAddress) => (self.isIpv6 ? 23 : 2) },
    'byte[] GetAddressBytes()': (self: IpAddress) => Uint8Array.from(self.bytes),
    'static bool IsLoopback(IPAddress address)': (address: IpAddress | null) => {
      if (address === null) throw argumentNull('address');
      return address.isLoopback;
    },
    'static IPAddress Parse(string ipString)': (text: string | null) => IpAddress.parse(text),
    'static bool TryParse(string ipString, out IPAddress address)': (
      text: string | null,
      result: Ref,
    ) => {
      const address = IpAddress.tryParse(text);
      result.value = address ?? null;
      return address !== undefined;
    },
  },
);
