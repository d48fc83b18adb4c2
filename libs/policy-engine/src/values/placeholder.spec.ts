import { validatePolicyDocument } from '../composition/validate-document.js';
import { hasCodePlaceholder, holdsPlaceholder, isPlaceholder } from './placeholder.js';

describe('placeholders of deployment tools', () => {
  it.each([
    '{Name}',
    '${name}',
    '$(name)',
    '#{name}#',
    '#{name}',
    '{#name#}',
    '__name__',
    '%name%',
  ])('%s may become anything', (text) => {
    expect(isPlaceholder(` ${text} `)).toBe(true);
    expect(holdsPlaceholder(text)).toBe(true);
  });

  it.each(['name', '', '{ name }', '@(x)'])('%s is none', (text) => {
    expect(isPlaceholder(text)).toBe(false);
  });

  it('are seen in code and not in strings and comments', () => {
    expect(hasCodePlaceholder('@(${flag} && a)')).toBe(true);
    expect(hasCodePlaceholder('@(#{flag}# && a)')).toBe(true);
    expect(hasCodePlaceholder('@("https://${host}/" + \'a\')')).toBe(false);
    expect(hasCodePlaceholder('@{ // ${x}\n return @"""${y}"; }')).toBe(false);
    expect(hasCodePlaceholder('@($"{name}")')).toBe(false);
  });

  const problems = (policy: string, namedValues?: ReadonlyMap<string, string>): string[] =>
    validatePolicyDocument(
      { text: `<policies><inbound>${policy}</inbound></policies>` },
      { namedValues },
    ).problems.map(({ message }) => message);

  it.each([
    '<set-backend-service base-url="${base-url}/v1" />',
    '<set-backend-service base-url="__BackendUrl__" />',
    '<choose><when condition="@(${enabled})" /></choose>',
    '<ip-filter action="allow"><address>#{ip}#</address></ip-filter>',
    '<rate-limit calls="${calls}" renewal-period="__period__" />',
  ])('are taken on trust in a file alone: %s', (policy) => {
    expect(problems(policy)).toEqual([]);
    expect(problems(policy, new Map())).not.toEqual([]);
  });

  it('do not hide other mistakes', () => {
    expect(problems('<set-variable name="a" value="@(nope(\'${x}\'))" />')).toHaveLength(1);
    expect(problems('<set-backend-service base-url="contoso" />')).toHaveLength(1);
  });
});
