import { describe, expect, it } from '@jest/globals';
import { limitsFromHost, statefulLimits, statelessLimits } from './engine-limits.js';

describe('settings of host.json', () => {
  const settings = {
    'Runtime.Backend.HttpOperation.RequestTimeout': '00:01:00',
    'runtime.backend.flowRunTimeout': '7.00:00:00',
    'Runtime.Backend.FlowDefaultForeachItemsLimit': 500,
    'Runtime.Backend.Stateless.FlowRunTimeout': '00:02:00',
    'Runtime.Backend.Stateless.MaximumUntilLimitCount': '7',
    'Jobs.BackgroundJobs.NumPartitionsInJobDefinitionsTable': '4',
  };

  it('are times or numbers, in any case of their names', () => {
    expect(limitsFromHost(settings)).toEqual({
      ...statefulLimits,
      requestTimeout: 60_000,
      runTimeout: 7 * 86_400_000,
      foreachItemsLimit: 500,
    });
  });

  it('are their own for stateless workflows where these have limits of their own', () => {
    expect(limitsFromHost(settings, 'Stateless')).toEqual({
      ...statelessLimits,
      requestTimeout: 60_000,
      runTimeout: 120_000,
      untilLimitCount: 7,
    });
  });

  it('are refused by name when they are neither', () => {
    const name = 'Runtime.Backend.FlowRunTimeout';
    expect(() => limitsFromHost({ [name]: 'soon' })).toThrow(`the setting '${name}' must be`);
  });
});
