/** A by-reference argument (`ref`, `out`): the callee reads and writes `value`. */
export interface Ref<T = unknown> {
  value: T;
}
