import { typeTable, type TypeTable } from '../table.js';

const letters = Array.from({ length: 9 }, (_, i) => i);

function func(count: number): TypeTable {
  const names = Array.from({ length: count }, (_, i) => `T${i + 1}`);
  const parameters = [...names.map((n) => `in ${n}`), 'out TResult'].join(', ');
  return typeTable(
    `delegate TResult System.Func<${parameters}>(${names.map((n, i) => `${n} arg${i + 1}`).join(', ')})`,
    {},
  );
}

function action(count: number): TypeTable {
  const names = Array.from({ length: count }, (_, i) => `T${i + 1}`);
  const list = count === 0 ? '' : `<${names.map((n) => `in ${n}`).join(', ')}>`;
  return typeTable(
    `delegate void System.Action${list}(${names.map((n, i) => `${n} arg${i + 1}`).join(', ')})`,
    {},
  );
}

/** Func, Action and the other delegates that members of the library take. */
export const delegateTables: readonly TypeTable[] = [
  typeTable('abstract class System.Delegate', {}),
  ...letters.map(func),
  ...letters.map(action),
  typeTable('delegate bool System.Predicate<in T>(T obj)', {}),
  typeTable('delegate int System.Comparison<in T>(T x, T y)', {}),
  typeTable('delegate TOutput System.Converter<in TInput, out TOutput>(TInput input)', {}),
];
