import {
  compareDocumentOrder,
  XAttribute,
  XContainer,
  XElement,
  XNode,
  type XName,
} from '@isthmus/dotnet';
import { iterate, sequence } from '../../runtime/sequence.js';
import { typeTable } from '../table.js';

function flat(source: unknown, below: (node: never) => Iterable<unknown>) {
  return sequence(function* () {
    for (const node of iterate(source)) if (node !== null) yield* below(node as never);
  });
}

function named(elements: Iterable<XElement>, name: XName | null): XElement[] {
  return [...elements].filter((element) => element.name.equals(name));
}

export const xmlExtensionsTable = typeTable(
  'static class System.Xml.Linq.Extensions',
  {},
  {
    'static IEnumerable<XElement> Ancestors<T>(this IEnumerable<T> source) where T : XNode': (
      source: unknown,
    ) => flat(source, (node: XNode) => node.ancestors()),
    'static IEnumerable<XElement> Ancestors<T>(this IEnumerable<T> source, XName name) where T : XNode':
      (source: unknown, name: XName | null) =>
        flat(source, (node: XNode) => named(node.ancestors(), name)),
    'static IEnumerable<XElement> AncestorsAndSelf(this IEnumerable<XElement> source)': (
      source: unknown,
    ) => flat(source, (element: XElement) => element.ancestorsAndSelf()),
    'static IEnumerable<XAttribute> Attributes(this IEnumerable<XElement> source)': (
      source: unknown,
    ) => flat(source, (element: XElement) => element.attributes()),
    'static IEnumerable<XAttribute> Attributes(this IEnumerable<XElement> source, XName name)': (
      source: unknown,
      name: XName | null,
    ) => flat(source, (element: XElement) => element.attributes(name)),
    'static IEnumerable<XNode> DescendantNodes<T>(this IEnumerable<T> source) where T : XContainer':
      (source: unknown) => flat(source, (node: XContainer) => node.descendantNodes()),
    'static IEnumerable<XNode> DescendantNodesAndSelf(this IEnumerable<XElement> source)': (
      source: unknown,
    ) => flat(source, (element: XElement) => element.descendantNodesAndSelf()),
    'static IEnumerable<XElement> Descendants<T>(this IEnumerable<T> source) where T : XContainer':
      (source: unknown) => flat(source, (node: XContainer) => node.descendants()),
    'static IEnumerable<XElement> Descendants<T>(this IEnumerable<T> source, XName name) where T : XContainer':
      (source: unknown, name: XName | null) =>
        flat(source, (node: XContainer) => node.descendants(name)),
    'static IEnumerable<XElement> DescendantsAndSelf(this IEnumerable<XElement> source)': (
      source: unknown,
    ) => flat(source, (element: XElement) => element.descendantsAndSelf()),
    'static IEnumerable<XElement> DescendantsAndSelf(this IEnumerable<XElement> source, XName name)':
      (source: unknown, name: XName | null) =>
        flat(source, (element: XElement) => element.descendantsAndSelf(name)),
    'static IEnumerable<XElement> Elements<T>(this IEnumerable<T> source) where T : XContainer': (
      source: unknown,
    ) => flat(source, (node: XContainer) => node.elements()),
    'static IEnumerable<XElement> Elements<T>(this IEnumerable<T> source, XName name) where T : XContainer':
      (source: unknown, name: XName | null) =>
        flat(source, (node: XContainer) => node.elements(name)),
    'static IEnumerable<XNode> Nodes<T>(this IEnumerable<T> source) where T : XContainer': (
      source: unknown,
    ) => flat(source, (node: XContainer) => node.nodes()),
    'static IEnumerable<T> InDocumentOrder<T>(this IEnumerable<T> source) where T : XNode': (
      source: unknown,
    ) =>
      sequence(() =>
        [...(iterate(source) as Iterable<XNode>)].toSorted(compareDocumentOrder)[Symbol.iterator](),
      ),
    'static void Remove(this IEnumerable<XAttribute> source)': (source: unknown) => {
      for (const attribute of [...(iterate(source) as Iterable<XAttribute>)]) attribute.remove();
    },
    'static void Remove<T>(this IEnumerable<T> source) where T : XNode': (source: unknown) => {
      for (const node of [...(iterate(source) as Iterable<XNode>)]) node.remove();
    },
  },
);
