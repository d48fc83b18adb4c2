import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const files = join(import.meta.dirname, 'files');
const environments = 'deploy/environments';

/**
 * `npx nx g @isthmus/nx-plugin:adapter <name> --kind rest|soap|saas`: an adapter service with its
 * connector, test, chart and values, known to the solution file and the lock file.
 */
export default async function adapter(tree, { name, kind = 'rest' }) {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name ?? '') || name.length > 40) {
    throw new Error('The name must be kebab-case, at most 40 characters, such as "billing".');
  }
  const project = `adapter-${name}`;
  const root = `apps/${project}`;
  if (tree.exists(root)) throw new Error(`${root} already exists.`);

  const values = { ...valuesOf(name, kind), ...portsFor(tree) };
  for (const part of ['every', kind]) {
    for (const file of readdirSync(join(files, part))) {
      const text = readFileSync(join(files, part, file), 'utf8');
      tree.write(`${root}/${placeOf(file, name)}`, fill(text, values));
    }
  }
  copyChart(tree, project, values.port);
  const solution = JSON.parse(tree.read('tsconfig.json', 'utf8'));
  solution.references.push({ path: root });
  tree.write('tsconfig.json', `${JSON.stringify(solution, null, 2)}\n`);

  return () => {
    // `npm ci` refuses a workspace that the lock file does not know.
    execFileSync(
      'npm',
      ['install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund'],
      {
        cwd: tree.root,
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    console.log(`\nRun it:  npx nx serve ${project}\nTest it: npx nx test ${project}`);
  };
}

function valuesOf(name, kind) {
  const soapAnswer =
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>' +
    `<GetItemResponse xmlns="urn:${name}"><id>7</id><count>3</count></GetItemResponse></soap:Body></soap:Envelope>`;
  const soap = kind === 'soap';
  const libraries = ['connectors', 'host', ...(soap ? ['soap-connectors'] : [])];
  return {
    name,
    camel: name.replace(/-([a-z0-9])/g, (_, letter) => letter.toUpperCase()),
    description: {
      rest: `the ${name} system by its OpenAPI definition`,
      soap: `the ${name} service as JSON operations, from its WSDL`,
      saas: `hand-written connector of ${name}`,
    }[kind],
    oneMore: {
      rest: `a path in \`connectors/${name}/apiDefinition.swagger.json\`.`,
      soap: `an operation in \`connectors/${name}/service.wsdl\`.`,
      saas: `a branch and a path in \`src/${name}-connector.ts\`.`,
    }[kind],
    dependencies: indented({
      ...Object.fromEntries(libraries.map((library) => [`@isthmus/${library}`, '*'])),
      '@nestjs/common': '12.5.1',
      '@nestjs/core': '12.5.1',
      '@nestjs/platform-express': '12.5.1',
      'reflect-metadata': '0.2.2',
      rxjs: '7.8.2',
    }),
    references: indented(libraries.map((library) => ({ path: `../../libs/${library}` }))),
    answerType: soap ? 'text/xml' : 'application/json',
    answer: soap ? soapAnswer : '{"id":"7","count":3}',
    operationPath: soap ? 'GetItem' : 'items/7',
    operationMethod: soap ? 'POST' : 'GET',
    operationBody: soap
      ? `body: JSON.stringify({ id: '7' }),`
      : `headers: { accept: 'application/json' },`,
  };
}

function indented(value) {
  return JSON.stringify(value, null, 2).replaceAll('\n', '\n  ');
}

/** The next ports that no adapter uses. */
function portsFor(tree) {
  const used = tree
    .children('apps')
    .map((app) => tree.read(`apps/${app}/src/settings.ts`, 'utf8') ?? '')
    .flatMap((text) => [...text.matchAll(/\bport: (\d{4})/g)].map((match) => Number(match[1])));
  const port = Math.max(8085, ...used.filter((value) => value < 8100)) + 1;
  return { port, managementPort: port + 100 };
}

/** `src_main.ts.template` stands for `src/main.ts`; `name` in a path for the adapter's name. */
function placeOf(file, name) {
  return file
    .replace(/\.template$/, '')
    .replace(/^src_connector\.ts$/, `src/${name}-connector.ts`)
    .replace(/^connectors_name_/, `connectors/${name}/`)
    .replace(/^src_/, 'src/');
}

function fill(text, values) {
  return text.replaceAll(/<%= (\w+) %>/g, (_, key) => {
    if (!(key in values)) throw new Error(`no value for ${key}`);
    return String(values[key]);
  });
}

/** Charts are alike but for name and port: the one of adapter-rest is the pattern. */
function copyChart(tree, project, port) {
  const from = 'deploy/charts/adapter-rest';
  const copy = (path, target) => {
    for (const child of tree.children(path)) {
      if (tree.isFile(`${path}/${child}`)) {
        const text = tree.read(`${path}/${child}`, 'utf8');
        tree.write(
          `${target}/${child}`,
          text.replaceAll('adapter-rest', project).replaceAll('8083', String(port)),
        );
      } else copy(`${path}/${child}`, `${target}/${child}`);
    }
  };
  copy(from, `deploy/charts/${project}`);
  for (const environment of tree.children(environments)) {
    const text = tree.read(`${environments}/${environment}/adapter-rest.yaml`, 'utf8');
    tree.write(
      `${environments}/${environment}/${project}.yaml`,
      text.replaceAll('adapter-rest', project),
    );
  }
}
