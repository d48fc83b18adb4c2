declare module 'passport-azure-ad/lib/bearerstrategy.js' {
  import { BearerStrategy } from 'passport-azure-ad';
  export { BearerStrategy as default };
}
