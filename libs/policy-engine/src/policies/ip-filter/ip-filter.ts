import ipaddr from 'ipaddr.js';
import { definePolicy } from '../../pipeline/policy.js';
import { PolicyError } from '../../pipeline/policy-error.js';
import { choice, text } from '../../values/attribute-rule.js';
import type { ParsedAttributes, ValueSource } from '../../values/value-source.js';

const attributes = { action: choice(['allow', 'forbid'], { required: true }) };
const rangeAttributes = { from: text({ required: true }), to: text({ required: true }) };

interface Config {
  readonly settings: ParsedAttributes<typeof attributes>;
  readonly addresses: readonly ValueSource<string>[];
  readonly ranges: readonly ParsedAttributes<typeof rangeAttributes>[];
}

/** Lets only listed callers in (`allow`), or keeps them out (`forbid`). */
export const ipFilter = definePolicy<Config>({
  element: 'ip-filter',
  sections: ['inbound'],
  attributes,
  parse(xml, report) {
    const settings = report.attributes(xml, attributes);
    const found = report.children(xml, { address: {}, 'address-range': {} });
    if (xml.children.length === 0)
      report.problem(
        'missing-element',
        "The element 'ip-filter' needs 'address' or 'address-range'.",
        xml,
      );
    const addresses = found.address.map((element) => {
      const source = report.text(element);
      if (
        source.literal !== undefined &&
        !report.isOpen(source.literal) &&
        !bytesOf(source.literal)
      ) {
        report.problem('invalid-value', `'${source.literal}' is not a valid IP address.`, element);
      }
      return source;
    });
    return {
      settings,
      addresses,
      ranges: found['address-range'].map((element) => report.attributes(element, rangeAttributes)),
    };
  },
  compile(config, compiler) {
    const action = compiler.value(config.settings.action);
    const addresses = config.addresses.map((address) => compiler.value(address));
    const ranges = config.ranges.map(({ from, to }) => ({
      from: compiler.value(from),
      to: compiler.value(to),
    }));
    return (context) => {
      const caller = bytesOf(context.request.ipAddress);
      if (!caller)
        throw denied(
          'FailedToParseCallerIP',
          'Failed to establish IP address for the caller. Access denied.',
        );
      const listed =
        addresses.some((address) => same(bytesOf(address.evaluate(context)), caller)) ||
        ranges.some(({ from, to }) =>
          within(caller, bytesOf(from.evaluate(context)), bytesOf(to.evaluate(context))),
        );
      if (action.evaluate(context) === 'forbid') {
        if (listed) throw denied('CallerIpBlocked', 'Caller IP address is blocked. Access denied.');
      } else if (!listed) {
        throw denied(
          'CallerIpNotAllowed',
          `Caller IP address ${context.request.ipAddress} is not allowed. Access denied.`,
        );
      }
    };
  },
});

function denied(reason: string, message: string): PolicyError {
  return new PolicyError(reason, message, { statusCode: 403, message: 'Forbidden' });
}

/** Address bytes; IPv4 in IPv6 clothing (`::ffff:1.2.3.4`) counts as IPv4, zones are ignored. */
function bytesOf(text: string): number[] | undefined {
  const plain = text.trim().replace(/%.*$/, '');
  if (!ipaddr.isValid(plain) || (!plain.includes(':') && !/^\d+\.\d+\.\d+\.\d+$/.test(plain)))
    return undefined;
  return ipaddr.process(plain).toByteArray();
}

function same(a: number[] | undefined, b: number[]): boolean {
  return a !== undefined && a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function within(address: number[], from: number[] | undefined, to: number[] | undefined): boolean {
  if (!from || !to || from.length !== address.length || to.length !== address.length) return false;
  return compare(from, address) <= 0 && compare(address, to) <= 0;
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return 0;
}
