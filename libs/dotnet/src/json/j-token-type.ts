/** Newtonsoft.Json.Linq.JTokenType, by the names of its members. */
export type JTokenType =
  | 'None'
  | 'Object'
  | 'Array'
  | 'Constructor'
  | 'Property'
  | 'Comment'
  | 'Integer'
  | 'Float'
  | 'String'
  | 'Boolean'
  | 'Null'
  | 'Undefined'
  | 'Date'
  | 'Raw'
  | 'Bytes'
  | 'Guid'
  | 'Uri'
  | 'TimeSpan';

/** Newtonsoft.Json.Linq.JTokenType in numeric order (None = 0). */
export const jTokenTypes: readonly JTokenType[] = [
  'None',
  'Object',
  'Array',
  'Constructor',
  'Property',
  'Comment',
  'Integer',
  'Float',
  'String',
  'Boolean',
  'Null',
  'Undefined',
  'Date',
  'Raw',
  'Bytes',
  'Guid',
  'Uri',
  'TimeSpan',
];

/** Newtonsoft.Json.Formatting. */
export type Formatting = 'None' | 'Indented';
