/** Requests that are read, as Latin-1: each with one or more messages. */
export const samples: readonly string[] = [
  'GET / HTTP/1.1\r\nHost: a.example\r\n\r\n',
  'GET /a/b?c=d&e=%20f HTTP/1.1\r\nHost: a.example:8080\r\nAccept: */*\r\nX-Empty:\r\nX-Blank: \t \r\n\r\n',
  'HEAD http://a.example/x HTTP/1.1\r\nHost: b.example\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET / HTTP/1.0\r\n\r\n',
  '\r\nDELETE /a HTTP/1.1\r\nHost: a\r\n\r\n',
  'POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello',
  'PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n',
  'POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 37\r\n\r\nGET /in HTTP/1.1\r\nHost: a\r\nX: yyyyy\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n',
  'POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  'POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n3;a=b;c="d\\"e f";g\r\nabc\r\n0a\r\n0123456789\r\n000\r\nX-T: 1\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n',
  'PATCH /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\nab',
  'GET /a!$&\'()*+,;=:@[]{}|^"<>`\\~ HTTP/1.1\r\nHost: a\r\nX: \xe9\xff\r\n\r\n',
  'POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nabGET /b HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /a HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, keep-alive\r\nUpgrade: h2c\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n',
];
