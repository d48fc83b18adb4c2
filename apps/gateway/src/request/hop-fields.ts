/**
 * Fields of one connection that never travel on, but for `Connection` and `Keep-Alive`, which also say something of the
 * connection itself (RFC 9110 section 7.6.1, RFC 7540 section 3.2.1).
 */
export const hopFields: readonly string[] = [
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'upgrade',
  'http2-settings',
];
