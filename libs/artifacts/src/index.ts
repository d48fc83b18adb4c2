export type { ArtifactProblem, ArtifactResource, Resource } from './resource.js';
export {
  keyHash,
  parentId,
  relativeReference,
  resourceKind,
  resourceName,
  sameId,
} from './resource.js';
export { whyNoApis } from './folder/why-no-apis.js';
export { readFiles } from './folder/read-files.js';
export type { ArtifactFiles } from './folder/read-files.js';
export { readArtifacts } from './folder/read-folder.js';
export type { ArtifactFolder, ApiSpecification, ReadOptions } from './folder/read-folder.js';
export { hasPlace, writeArtifacts } from './folder/write-folder.js';
export { isArtifactFile } from './folder/place-file.js';
export { exportApi } from './export/openapi.js';
export type { ExportedApi, ExportFormat } from './export/openapi.js';
export { exportSpecifications } from './export/specifications.js';
export { exportWadl } from './export/wadl.js';
export { exportWsdl } from './export/wsdl.js';
export { toYaml } from './export/yaml.js';
export { importApi, importFormats } from './import/formats/index.js';
export type {
  ImportedApi,
  ImportedOperation,
  ImportedSchema,
  ImportFormat,
  WsdlSelector,
} from './import/imported-api.js';
export { normaliseOperationName } from './import/operation-name.js';
