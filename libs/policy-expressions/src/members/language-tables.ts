import { arrayTable } from './collections/array.js';
import { comparerTables } from './collections/comparers.js';
import { dictionaryTable, setTables } from './collections/dictionary.js';
import { lineTables } from './collections/lines.js';
import { collectionInterfaceTables } from './collections/interfaces.js';
import { listTable, readOnlyCollectionTable } from './collections/list.js';
import { contextTables } from './context/context-tables.js';
import { charTable } from './language/char.js';
import { delegateTables } from './language/delegates.js';
import { exceptionTables } from './language/exceptions.js';
import { interfaceTables } from './language/interfaces.js';
import { mathTable } from './language/math.js';
import { objectTable, typeTypeTable, valueTypeTable } from './language/object.js';
import {
  boolTable,
  enumBaseTable,
  httpStatusTable,
  nullableStaticTable,
  nullableTable,
} from './language/primitives.js';
import { stringBuilderTable } from './language/string-builder.js';
import { textIoTables } from './language/text-io.js';
import {
  midpointRoundingTable,
  stringComparerTable,
  stringComparisonTable,
  stringSplitOptionsTable,
} from './language/string-comparison.js';
import { stringTable } from './language/string.js';
import { tupleTables } from './language/tuples.js';
import { linqTables } from './linq/enumerable.js';
import type { TypeTable } from './table.js';

/** The types of the language itself, collections, LINQ, and the `context` surface. */
export const languageTables: readonly TypeTable[] = [
  objectTable,
  typeTypeTable,
  valueTypeTable,
  ...interfaceTables,
  enumBaseTable,
  stringTable,
  charTable,
  boolTable,
  nullableTable,
  nullableStaticTable,
  httpStatusTable,
  stringComparisonTable,
  stringSplitOptionsTable,
  midpointRoundingTable,
  stringComparerTable,
  ...exceptionTables,
  ...delegateTables,
  ...tupleTables,
  mathTable,
  arrayTable,
  ...collectionInterfaceTables,
  ...comparerTables,
  listTable,
  readOnlyCollectionTable,
  dictionaryTable,
  ...setTables,
  ...lineTables,
  stringBuilderTable,
  ...textIoTables,
  ...linqTables,
  ...contextTables,
];
