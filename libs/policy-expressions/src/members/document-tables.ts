import { extensionsTable } from './newtonsoft/extensions.js';
import {
  jArrayTable,
  jConstructorTable,
  jContainerTable,
  jObjectTable,
  jPropertyTable,
  jRawTable,
  jValueTable,
} from './newtonsoft/j-containers.js';
import { loadSettingsTable, tokenComparerTable } from './newtonsoft/token-comparer.js';
import { jTokenTable } from './newtonsoft/j-token.js';
import { formattingTable, jsonConvertTable, jTokenTypeTable } from './newtonsoft/json-convert.js';
import type { TypeTable } from './table.js';
import { xNodeEqualityTable, xNodeOrderTable } from './xlinq/comparers.js';
import { xAttributeTable, xDocumentTable, xElementTable } from './xlinq/elements.js';
import { xmlExtensionsTable } from './xlinq/extensions.js';
import {
  loadOptionsTable,
  saveOptionsTable,
  xmlNodeTypeTable,
  xNamespaceTable,
  xNameTable,
} from './xlinq/names.js';
import {
  xCDataTable,
  xCommentTable,
  xContainerTable,
  xDeclarationTable,
  xDocumentTypeTable,
  xInstructionTable,
  xNodeTable,
  xObjectTable,
  xTextTable,
} from './xlinq/nodes.js';
import { xmlReaderTable } from './xlinq/xml-reader.js';

/** Newtonsoft.Json, System.Xml.Linq, JSON web tokens. */
export const documentTables: readonly TypeTable[] = [
  formattingTable,
  jTokenTypeTable,
  jTokenTable,
  jContainerTable,
  jObjectTable,
  jArrayTable,
  jPropertyTable,
  jConstructorTable,
  jValueTable,
  jRawTable,
  tokenComparerTable,
  loadSettingsTable,
  extensionsTable,
  jsonConvertTable,
  saveOptionsTable,
  loadOptionsTable,
  xmlNodeTypeTable,
  xNameTable,
  xNamespaceTable,
  xObjectTable,
  xNodeTable,
  xContainerTable,
  xElementTable,
  xDocumentTable,
  xAttributeTable,
  xTextTable,
  xCDataTable,
  xCommentTable,
  xInstructionTable,
  xDocumentTypeTable,
  xDeclarationTable,
  xNodeOrderTable,
  xNodeEqualityTable,
  xmlExtensionsTable,
  xmlReaderTable,
];
