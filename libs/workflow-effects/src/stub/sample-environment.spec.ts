import { describe, expect, it } from '@jest/globals';
import { parseJson, type WorkflowObject } from '@isthmus/workflow-expressions';
import { sampleTrigger } from './sample-environment.js';

/** The body made up for a definition with one trigger and one Compose action. */
function bodyFor(trigger: string, compose: string): unknown {
  const text = `{ "triggers": { "t": ${trigger} }, "actions": { "A": { "type": "Compose", "inputs": ${compose} } } }`;
  const { body } = sampleTrigger(parseJson(text) as WorkflowObject) as { body?: unknown };
  return body;
}

describe('sampleTrigger', () => {
  it('gives the members that the actions read', () => {
    expect(bodyFor('{ "type": "Request" }', "\"@triggerBody()?['a']?['b']\"")).toEqual({
      a: { b: 'text' },
    });
  });

  it.each([
    ["@triggerBody()?['value']", { value: [{ a: 'text' }] }],
    ["@triggerOutputs()?['body/value']", { value: [{ a: 'text' }] }],
    ["@{triggerBody()['Items']}", { Items: [{ a: 'text' }] }],
    ['@triggerBody()', [{ a: 'text' }]],
    ["@triggerOutputs()?['body']", [{ a: 'text' }]],
  ])('with splitOn %s lets the actions read one item', (splitOn, body) => {
    const trigger = JSON.stringify({ type: 'ApiConnection', splitOn });
    expect(bodyFor(trigger, '"@triggerBody()?[\'a\']"')).toEqual(body);
  });

  it('gives lists whose items are read as outputs', () => {
    const trigger = '{ "type": "ServiceProvider", "splitOn": "@triggerOutputs()?[\'body\']" }';
    expect(bodyFor(trigger, "\"@triggerOutputs()?['body']?['a']\"")).toEqual([{ a: 'text' }]);
  });

  it('gives an item also where nothing is read of it', () => {
    const trigger = '{ "type": "ApiConnection", "splitOn": "@triggerBody()?[\'value\']" }';
    expect(bodyFor(trigger, '"x"')).toEqual({ value: [{}] });
  });

  it('gives base64 that holds JSON', () => {
    const compose = '"@json(base64ToString(triggerBody()?[\'ContentData\']))"';
    expect(bodyFor('{ "type": "Request" }', compose)).toEqual({ ContentData: 'e30=' });
  });

  it('gives a Switch the value of its first case', () => {
    const text = `{ "triggers": { "t": { "type": "Request" } }, "actions": { "S": { "type": "Switch",
      "expression": "@triggerBody()?['kind']", "cases": { "Two": { "case": 2, "actions": {} } } } } }`;
    expect(sampleTrigger(parseJson(text) as WorkflowObject)).toMatchObject({ body: { kind: 2 } });
  });
});
