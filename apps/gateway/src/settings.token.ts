/** Injection token of the gateway's validated settings. */
export const SETTINGS = Symbol('isthmus.gateway.settings');
