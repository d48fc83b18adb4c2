import { argumentNull, jTokenTypes } from '@isthmus/dotnet';
import { netType } from '../../binding/catalogue.js';
import type { Runtime, Site } from '../../runtime/runtime.js';
import { enumTable, typeTable } from '../table.js';
import { treeOf } from './content.js';
import { deserialize } from './to-object.js';

export const formattingTable = enumTable('Newtonsoft.Json.Formatting', { None: 0, Indented: 1 });

export const jTokenTypeTable = enumTable(
  'Newtonsoft.Json.Linq.JTokenType',
  Object.fromEntries(jTokenTypes.map((name, i) => [name, i])),
);

function serialize(value: unknown, indented: boolean, runtime: Runtime): string {
  const text = treeOf(value, runtime).toJson(indented ? 'Indented' : 'None');
  runtime.size(text.length);
  return text;
}

export const jsonConvertTable = typeTable(
  'static class Newtonsoft.Json.JsonConvert',
  {},
  {
    'static string SerializeObject(object value)': (value: unknown, runtime: Runtime) =>
      serialize(value, false, runtime),
    'static string SerializeObject(object value, Formatting formatting)': (
      value: unknown,
      formatting: number,
      runtime: Runtime,
    ) => serialize(value, formatting === 1, runtime),
    'static object DeserializeObject(string value)': (value: string | null, runtime: Runtime) =>
      deserialize(given(value), netType('object'), runtime),
    'static T DeserializeObject<T>(string value)': (
      value: string | null,
      runtime: Runtime,
      site: Site,
    ) => deserialize(given(value), site.typeArguments[0]!, runtime),
  },
);

function given(value: string | null): string {
  if (value === null) throw argumentNull('value');
  return value;
}
