import { DotNetError } from '../dotnet-error.js';

export const xslNamespace = 'http://www.w3.org/1999/XSL/Transform';

/** System.Xml.Xsl.XslLoadException: the stylesheet is wrong. */
export function loadError(message: string): DotNetError {
  return new DotNetError('System.Xml.Xsl.XslLoadException', message);
}

/** System.Xml.Xsl.XslTransformException: the transformation failed. */
export function transformError(message: string): DotNetError {
  return new DotNetError('System.Xml.Xsl.XslTransformException', message);
}
