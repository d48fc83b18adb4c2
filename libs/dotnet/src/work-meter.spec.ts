import { compileXslt, defaultXsltLimits, Regex, setWorkMeter } from './index.js';

const xsl = 'http://www.w3.org/1999/XSL/Transform';
const sheet = (content: string): string =>
  `<xsl:stylesheet version="1.0" xmlns:xsl="${xsl}"><xsl:key name="k" match="i" use="@a"/>${content}</xsl:stylesheet>`;
const atRoot = (content: string): string =>
  sheet(`<xsl:template match="/"><r>${content}</r></xsl:template>`);
const each = (content: string): string =>
  atRoot(
    `<xsl:variable name="all" select="//*"/><xsl:for-each select="//*">${content}</xsl:for-each>`,
  );
const value = (select: string): string => `<xsl:value-of select="${select}"/>`;
const wide = `<r>${'<i a="1">x</i>'.repeat(20_000)}</r>`;
const long = `<r>${`<i>${'x'.repeat(2000)}</i>`.repeat(1000)}</r>`;

describe('the work of a transformation', () => {
  // Every one of them takes the square of the document's size.
  it.each([
    ['paths within each other', each('<xsl:for-each select="//*"><a/></xsl:for-each>'), wide],
    ['paths in conditions', atRoot(value('count(//*[count(//*) = 0])')), wide],
    ['elements that are written', each('<a/>'.repeat(100)), wide],
    ['copies of the document', each('<xsl:copy-of select="/"/>'), wide],
    ['texts of the document', each(value("contains(/, 'q')")), wide],
    ['long texts', each(value("translate(/, 'abc', '')")), long],
    ['long texts in variables', each(value("substring-before(concat(/, /, /), 'q')")), long],
    ['sums', each(value('sum($all)')), wide],
    ['comparisons', each(value("$all = 'q'")), wide],
    ['filters', each(value('count($all[true()])')), wide],
    ['unions', each(value('count($all | $all)')), wide],
    ['keys', each(value("count(key('k', '1'))")), wide],
    ['siblings', atRoot(value('count(//i/preceding-sibling::zz)')), wide],
    ['numbers among siblings', sheet('<xsl:template match="i"><xsl:number/></xsl:template>'), wide],
    [
      'numbers in the document',
      sheet('<xsl:template match="i"><xsl:number level="any"/></xsl:template>'),
      wide,
    ],
    ['patterns by position', sheet('<xsl:template match="i[last()]"/>'), wide],
  ])('ends at its limit for %s', (_name, stylesheet, document) => {
    const limits = { ...defaultXsltLimits, steps: 400_000 };
    const compiled = compileXslt(stylesheet);
    expect(() => compiled.transform(document, {}, limits)).toThrow(
      'The transformation takes too many steps.',
    );
  });

  it('leaves room for documents that are walked once', () => {
    const copy =
      '<xsl:template match="@*|node()"><xsl:copy><xsl:apply-templates select="@*|node()"/></xsl:copy></xsl:template>';
    const limits = { ...defaultXsltLimits, steps: 1_000_000 };
    const { text } = compileXslt(sheet(copy)).transform(wide, {}, limits);
    expect(text).toContain('<i a="1">x</i>');
  });
});

describe('the work of a regular expression', () => {
  it('counts for whoever counts the work around it', () => {
    let steps = 0;
    const former = setWorkMeter({ step: (count = 1) => void (steps += count) });
    try {
      expect(new Regex('^(a+)+$').isMatch(`${'a'.repeat(15)}!`)).toBe(false);
    } finally {
      setWorkMeter(former);
    }
    expect(steps).toBeGreaterThan(30_000);
  });

  it('ends by itself where nobody counts', () => {
    expect(() => new Regex('^(a+)+$').isMatch(`${'a'.repeat(5000)}!`)).toThrow('timed out');
  });
});
