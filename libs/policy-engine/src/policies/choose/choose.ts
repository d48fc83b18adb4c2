import type { PolicyElement } from '../../document/policy-element.js';
import { runBlock } from '../../pipeline/block.js';
import { definePolicy, everySection } from '../../pipeline/policy.js';
import { flag } from '../../values/attribute-rule.js';
import type { ValueSource } from '../../values/value-source.js';

interface Branch {
  readonly condition: ValueSource<boolean>;
  readonly body: PolicyElement;
}

/** The first `when` whose condition is true, else `otherwise`. */
export const choose = definePolicy<{ branches: Branch[]; otherwise: PolicyElement | undefined }>({
  element: 'choose',
  sections: everySection,
  attributes: {},
  parse(xml, report) {
    report.attributes(xml, {});
    const { when, otherwise } = report.children(xml, {
      when: { least: 1 },
      otherwise: { most: 1 },
    });
    for (const body of otherwise) report.attributes(body, {});
    return {
      branches: when.map((body) => ({
        condition: report.attributes(body, { condition: flag({ required: true }) }).condition,
        body,
      })),
      otherwise: otherwise[0],
    };
  },
  compile(config, compiler) {
    const branches = config.branches.map(({ condition, body }, i) => ({
      condition: compiler.value(condition),
      block: compiler.block(body, `when[${i + 1}]`),
    }));
    const otherwise = config.otherwise && compiler.block(config.otherwise, 'otherwise[1]');
    return (context) => {
      for (let index = 0; index < branches.length; index++) {
        const { condition, block } = branches[index]!;
        if (condition.evaluate(context)) return runBlock(block, context);
      }
      return otherwise && runBlock(otherwise, context);
    };
  },
});
