import { describe, expect, it } from '@jest/globals';
import { parseJson, type WorkflowObject } from '@isthmus/workflow-expressions';
import { parameterFile } from './parameter-file.js';

const types: Readonly<Record<string, string>> = {
  o: 'Object',
  s: 'String',
  secret: 'SecureObject',
};

describe('parameterFile', () => {
  it.each([
    ['values by name', '{ "s": "x", "n": 1 }', { s: 'x', n: 1 }],
    ['values in objects', '{ "s": { "value": "x" }, "n": { "value": 1 } }', { s: 'x', n: 1 }],
    ['typed values', '{ "s": { "type": "String", "value": "x" } }', { s: 'x' }],
    [
      'a parameter file',
      '{ "$schema": "x", "contentVersion": "1", "parameters": { "s": { "value": "x" } } }',
      { s: 'x' },
    ],
    [
      'a parameter file without schema',
      '{ "contentVersion": "1", "parameters": { "s": { "value": "x" } } }',
      { s: 'x' },
    ],
    [
      'references to a vault',
      '{ "s": { "reference": { "secretName": "x" } }, "n": { "value": 1 } }',
      { n: 1 },
    ],
    ['an object that has a value', '{ "o": { "value": 1 } }', { o: { value: 1 } }],
    [
      'a secure object that has a value',
      '{ "secret": { "value": "x" } }',
      { secret: { value: 'x' } },
    ],
    ['an object in an object', '{ "o": { "value": { "a": 1 } } }', { o: { a: 1 } }],
    [
      'an object with more members',
      '{ "o": { "value": 1, "unit": "m" } }',
      { o: { value: 1, unit: 'm' } },
    ],
    ['nothing', '{}', {}],
    ['null', '{ "s": { "value": null } }', { s: null }],
  ])('reads %s', (_what, text, expected) => {
    const values = parameterFile(parseJson(text) as WorkflowObject, (name) => types[name]);
    expect(values).toEqual(expected);
  });
});
