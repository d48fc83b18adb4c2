import { describe, expect, it } from '@jest/globals';
import { parseJson, valueOf, type WorkflowObject } from '@isthmus/workflow-expressions';
import { DefinitionShapes } from './read-shapes.js';

/** The body made up for the call `C` of a definition with these actions after it. */
function bodyFor(actions: Readonly<Record<string, unknown>>): unknown {
  const definition = { actions: { C: { type: 'Http', inputs: {} }, ...actions } };
  return new DefinitionShapes(valueOf(definition) as WorkflowObject).call('c').sample();
}

const compose = (inputs: unknown): Record<string, unknown> => ({ A: { type: 'Compose', inputs } });

describe('DefinitionShapes', () => {
  it.each([
    ["@body('C')?['a'][2]?['b']", { a: ['text', 'text', { b: 'text' }] }],
    ["@outputs('C')?['body/a']", { a: 'text' }],
    ["@{body('C').a} and @{body('C').b}", { a: 'text', b: 'text' }],
    ["@split(body('C')?['id'], '/')[2]", { id: 'text/text/text' }],
    ["@split(toLower(body('C')?['id']), '-')[1]", { id: 'text-text' }],
    ["@json(body('C')?['j'])['x']", { j: '{"x":"text"}' }],
    ["@json(base64ToString(body('C')?['j']))['x']", { j: 'eyJ4IjoidGV4dCJ9' }],
    ["@addDays(body('C')?['at'], 1)", { at: '2024-01-31T12:00:00Z' }],
    ["@add(body('C')?['n'], 1)", { n: 1 }],
    ["@int(body('C')?['n'])", { n: '1' }],
    ["@substring(body('C')?['s'], 3, 4)", { s: 'textxxx' }],
    ["@first(body('C')?['list'])?['x']", { list: [{ x: 'text' }] }],
    ["@length(body('C')?['list'])", { list: ['text'] }],
    ["@concat('x', body('C')?['s'], length(body('C')?['s']))", { s: ['text'] }],
    ["@xpath(xml(body('C')?['x']), '/a')", { x: '<root><text>text</text></root>' }],
    ["@uriHost(body('C')?['u'])", { u: 'https://example.com/' }],
    ["@if(equals(body('C')?['s'], 'on'), 1, 2)", { s: 'on' }],
    ["@union(body('C')?['a'], body('C')?['b'])", { a: ['text'], b: ['text'] }],
    ["@coalesce(body('C')?['a'], 'x')?['b']", { a: { b: 'text' } }],
  ])('gives what %s reads', (expression, expected) => {
    expect(bodyFor(compose(expression))).toEqual(expected);
  });

  it('follows references of schemas and heeds their formats and bounds', () => {
    const schema = {
      type: 'object',
      properties: {
        on: { type: 'string', format: 'date' },
        q: { type: 'number', exclusiveMinimum: 4 },
        s: { type: 'string', minLength: 6 },
        k: { const: 'fixed' },
        a: { $ref: '#/$defs/address' },
        b: { allOf: [{ $ref: '#/definitions/more' }] },
        loop: { $ref: '#/properties/loop' },
      },
      $defs: { address: { type: 'object', properties: { line: { type: ['null', 'string'] } } } },
      definitions: { more: { properties: { n: { type: 'integer', minimum: 7 } } } },
    };
    const actions = { P: { type: 'ParseJson', inputs: { content: "@body('C')", schema } } };
    expect(bodyFor(actions)).toEqual({
      on: '2024-01-31',
      q: 5,
      s: 'textxx',
      k: 'fixed',
      a: { line: 'text' },
      b: { n: 7 },
      loop: 'text',
    });
  });

  it('lets conditions hold', () => {
    const expression = {
      and: [
        { equals: ["@body('C')?['status']", 'Active'] },
        { greater: ["@body('C')?['count']", 3] },
        { not: { equals: ["@body('C')?['name']", 'root'] } },
        { equals: ["@body('C')?['flag']", true] },
      ],
    };
    expect(bodyFor({ I: { type: 'If', expression, actions: {} } })).toEqual({
      status: 'Active',
      count: 4,
      name: 'text',
      flag: true,
    });
  });

  it('follows values through variables, loops, Compose and ParseJson', () => {
    const body = bodyFor({
      V: {
        type: 'InitializeVariable',
        inputs: { variables: [{ name: 'v', type: 'string', value: "@body('C')?['id']" }] },
      },
      U: { type: 'Compose', inputs: "@split(variables('v'), '/')[1]" },
      L: {
        type: 'Foreach',
        foreach: "@body('C')?['list']",
        actions: {
          K: { type: 'Compose', inputs: "@item()?['inner']" },
          M: {
            type: 'Foreach',
            foreach: "@outputs('K')",
            actions: { N: { type: 'Compose', inputs: "@add(items('M')?['n'], items('L')?['m'])" } },
          },
        },
      },
      P: {
        type: 'ParseJson',
        inputs: {
          content: "@body('C')?['p']",
          schema: {
            type: 'object',
            properties: { x: { type: 'integer' }, y: { type: 'array', items: { type: 'string' } } },
          },
        },
      },
      Q: { type: 'Compose', inputs: "@formatDateTime(body('P')?['z'])" },
    });
    expect(body).toEqual({
      id: 'text/text',
      list: [{ inner: [{ n: 1 }], m: 1 }],
      p: { x: 1, y: ['text'], z: '2024-01-31T12:00:00Z' },
    });
  });

  it('gives addresses, methods and status codes where calls and answers need them', () => {
    const body = bodyFor({
      H: {
        type: 'Http',
        inputs: { method: "@body('C')?['method']", uri: "@{body('C')?['base']}/x" },
      },
      R: { type: 'Response', inputs: { statusCode: "@body('C')?['code']" } },
      W: { type: 'Wait', inputs: { until: { timestamp: "@body('C')?['at']" } } },
    });
    expect(body).toEqual({
      method: 'GET',
      base: 'https://example.com/',
      code: 200,
      at: '2024-01-31T12:00:00Z',
    });
  });

  it('gives headers that are read', () => {
    const definition = parseJson(
      `{ "actions": { "C": { "type": "Http" }, "A": { "type": "Compose", "inputs": "@outputs('C')['headers']['Location']" } } }`,
    ) as WorkflowObject;
    expect(new DefinitionShapes(definition).headers('C').sample()).toEqual({ Location: 'text' });
  });

  it('ends with values that hold themselves', () => {
    const body = bodyFor({
      V: { type: 'SetVariable', inputs: { name: 'v', value: "@body('C')" } },
      W: { type: 'SetVariable', inputs: { name: 'v', value: "@variables('v')?['next']" } },
      X: { type: 'SetVariable', inputs: { name: 'v', value: "@variables('v')?['other']?[0]" } },
    });
    expect(body).toEqual({ next: 'text', other: ['text'] });
  });
});
