import { describe, expect, it } from '@jest/globals';
import { whyNoApis } from './why-no-apis.js';

describe('a folder without APIs', () => {
  it('says that there are no files', () => {
    expect(whyNoApis([])).toBe(
      'The folder holds no files. Looked for apis/<name>/apiInformation.json.',
    );
  });

  it('names the folder inside that holds them', () => {
    const paths = ['README.md', 'apim/artifacts/apis/echo/apiInformation.json', 'src/index.ts'];
    expect(whyNoApis(paths)).toBe(
      "The folder holds no API, but 'apim/artifacts' inside it does: give that one.",
    );
  });

  it('names several folders inside', () => {
    const paths = ['a/apis/x/apiInformation.json', 'b/apis/y/apiInformation.json'];
    expect(whyNoApis(paths)).toContain("'a', 'b' inside it do: give that one.");
  });

  it('knows the folder of the APIs themselves', () => {
    expect(whyNoApis(['echo/apiInformation.json', 'echo/policy.xml'])).toBe(
      "The folder holds no API, but looks like the folder 'apis' of an APIOps folder: give the one above it.",
    );
  });

  it('counts what is there instead', () => {
    expect(whyNoApis(['policy.xml', 'backends/b/backendInformation.json', 'x.txt'])).toBe(
      'The folder holds no API (3 files, 2 of them artifacts). Looked for apis/<name>/apiInformation.json.',
    );
  });
});
