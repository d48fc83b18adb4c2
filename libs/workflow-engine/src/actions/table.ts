import {
  isArray,
  isObject,
  memberOf,
  namesOf,
  textOf,
  type WorkflowArray,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { badRequest } from '../run/template-failure.js';
import type { ActionResult, ActionScope, ActionType, Unfinished } from './action-type.js';
import { definedInputs, isList, listOf, throughList } from './list-source.js';
import { succeeded } from './succeeded.js';
import { worded } from '../run/worded.js';

interface Sheet {
  /** Absent for automatic columns without rows: there is no header row then. */
  readonly headers: readonly string[] | undefined;
  readonly rows: readonly (readonly string[])[];
}

/** A CSV or HTML table of the items, with columns of its own or of the names that occur in them. */
export const table: ActionType = {
  type: 'Table',
  inputs(definition) {
    const { from = null, format = null } = definedInputs(definition);
    return { from, format };
  },
  templates(definition) {
    const templates: Record<string, WorkflowValue> = {};
    for (const [index, column] of columnsOf(definition)?.entries() ?? []) {
      templates[`header ${index}`] = memberOf(column, 'header') ?? null;
      templates[`value ${index}`] = memberOf(column, 'value') ?? null;
    }
    return templates;
  },
  start(inputs, scope) {
    const list = listOf(inputs, 'table');
    if (!isList(list)) return list;
    const format = isObject(inputs) ? textOf(memberOf(inputs, 'format') ?? null).toUpperCase() : '';
    if (format !== 'CSV' && format !== 'HTML') {
      return badRequest(
        'InvalidTemplate',
        worded`The 'format' property value '${format}' in the 'table' action inputs is not one of 'CSV, HTML'.`,
      );
    }
    const write = format === 'CSV' ? csv : html;
    const columns = columnsOf(scope.action.definition);
    if (columns && columns.length > 0) return tableOfColumns(list, columns, { scope, write });
    const sheet = sheetOfNames(list);
    if (sheet) return succeeded({ body: write(sheet) });
    return badRequest(
      'InvalidTemplate',
      worded`The property 'columns' must be specified unless the 'from' property value is an array of objects.`,
    );
  },
};

function tableOfColumns(
  list: WorkflowArray,
  columns: readonly WorkflowObject[],
  { scope, write }: { readonly scope: ActionScope; readonly write: (sheet: Sheet) => string },
): ActionResult | Unfinished {
  const headers = columns.map((_, index) => textOf(scope.evaluate(`header ${index}`)));
  const rows: string[][] = [];
  const visit = (item: WorkflowValue) => {
    rows.push(columns.map((_, index) => textOf(scope.evaluate(`value ${index}`, item))));
    return undefined;
  };
  return throughList(list, visit, () => succeeded({ body: write({ headers, rows }) }));
}

function columnsOf(definition: WorkflowObject): readonly WorkflowObject[] | undefined {
  const columns = memberOf(definedInputs(definition), 'columns');
  return isArray(columns) ? columns.filter((column) => isObject(column)) : undefined;
}

/** The columns are the names that occur in the rows; undefined when not every item is an object. */
function sheetOfNames(list: WorkflowArray): Sheet | undefined {
  const rows = list.filter((item) => isObject(item));
  if (rows.length !== list.length) return undefined;
  const names = [...new Set(rows.flatMap((row) => namesOf(row)))];
  return {
    headers: rows.length === 0 ? undefined : names,
    rows: rows.map((row) =>
      names.map((name) => textOf((Object.hasOwn(row, name) ? row[name] : null) ?? null)),
    ),
  };
}

function csv({ headers, rows }: Sheet): string {
  const lines = headers ? [headers, ...rows] : rows;
  return lines.map((line) => `${line.map(csvCell).join(',')}\r\n`).join('');
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function html({ headers, rows }: Sheet): string {
  const line = (cells: readonly string[], tag: 'th' | 'td'): string =>
    `<tr>${cells.map((cell) => `<${tag}>${htmlEncode(cell)}</${tag}>`).join('')}</tr>`;
  const head = headers ? `<thead>${line(headers, 'th')}</thead>` : '';
  return `<table>${head}<tbody>${rows.map((row) => line(row, 'td')).join('')}</tbody></table>`;
}

/** As `WebUtility.HtmlEncode`: markup, U+00A0 to U+00FF and characters beyond the BMP; nothing else. */
function htmlEncode(text: string): string {
  return text.replace(/[<>&"'\u00a0-\u00ff]|[\ud800-\udbff][\udc00-\udfff]/g, (character) => {
    const named: Readonly<Record<string, string>> = {
      '<': '&lt;',
      '>': '&gt;',
      '&': '&amp;',
      '"': '&quot;',
      "'": '&#39;',
    };
    return named[character] ?? `&#${character.codePointAt(0)};`;
  });
}
