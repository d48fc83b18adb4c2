import { toRawxml, toXml } from './convert-format.js';

describe('the two formats of a document', () => {
  const raw = `<policies>\r\n  <inbound>
    <!-- "kept" & as it is -->
    <set-variable name='a' value='@(context.Request.Url.Path == "/x" && 1 < 2)' />
    <set-header name="b"><value>@{ return 1 < 2 ? "<a>" : "&"; }</value></set-header>
    <set-header name="c"><value>plain &amp; text</value></set-header>
    <set-body template="liquid"><a>{{ body.x }}</a></set-body>
  </inbound>\n</policies>\n`;

  it('differ in their expressions only', () => {
    const xml = toXml(raw);
    expect(xml).toContain(`value='@(context.Request.Url.Path == "/x" &amp;&amp; 1 &lt; 2)'`);
    expect(xml).toContain('<value>@{ return 1 &lt; 2 ? "&lt;a&gt;" : "&amp;"; }</value>');
    for (const kept of [
      '<!-- "kept" & as it is -->',
      'plain &amp; text',
      '<a>{{ body.x }}</a>',
      '\r\n',
    ])
      expect(xml).toContain(kept);
  });
  it('lead to each other byte for byte', () => {
    expect(toRawxml(toXml(raw))).toBe(raw);
    expect(toXml(toRawxml(toXml(raw)))).toBe(toXml(raw));
  });
  it('keep what is in that format already', () => {
    expect(toXml(toXml('<a b="plain" />'))).toBe('<a b="plain" />');
    expect(toRawxml('<a b="x &amp; y" />')).toBe('<a b="x &amp; y" />');
  });
  it('never fail on what is no document', () => {
    for (const text of ['', '<', '<a b="@(', '&&', '<a>@{', 'x'])
      expect(typeof toXml(text) + typeof toRawxml(text)).toBe('stringstring');
  });
});
