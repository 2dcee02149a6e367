import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { DockerEngine } from '../../../local/container';

const environment = { ...process.env };
let directory = '';

let logins = '';

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'test-'));
  logins = path.join(directory, 'cdk-docker-creds.json');
  Object.assign(process.env, { CDK_DOCKER_CREDS_FILE: logins, DOCKER_CONFIG: path.join(directory, '.docker') });
});
afterEach(() => {
  process.env = { ...environment };
});

function write(name: string, content: string | object): string {
  const file = path.join(directory, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

/** The Docker configuration of a build: the settings, and the names of all files. */
interface Seen {
  readonly config?: object;
  readonly files: string[];
}

/** Builds an image with a program in place of `docker`, which fails with an error if there is one. */
async function build(error?: string): Promise<Seen> {
  const [log, program] = [path.join(directory, 'seen'), path.join(directory, 'docker')];
  const result = error === undefined ? 'echo sha256:built > "$id"' : `echo '${error}' >&2; exit 1`;
  writeFileSync(
    program,
    `#!/bin/sh\nid=$4\nmkdir ${log}\n[ -z "$DOCKER_CONFIG" ] || cp -RL "$DOCKER_CONFIG"/. ${log}\n${result}\n`,
  );
  chmodSync(program, 0o755);
  await new DockerEngine(program).build({ directory }, () => undefined);
  const config = path.join(log, 'config.json');
  return {
    config: existsSync(config) ? (JSON.parse(readFileSync(config, 'utf8')) as object) : undefined,
    files: (readdirSync(log, { recursive: true }) as string[]).sort(),
  };
}

const LOGIN = { domainCredentials: { 'example.com': { ecrRepository: true } } };

test('A build has the Docker configuration of the user if the CDK has no file with logins', async () => {
  write('.docker/config.json', { auths: {} });
  expect(await build()).toEqual({ config: { auths: {} }, files: ['config.json'] });
});

test('A build gets the logins of the CDK from its credential helper', async () => {
  write('cdk-docker-creds.json', LOGIN);
  expect(await build()).toEqual({ config: { credHelpers: { 'example.com': 'cdk-assets' } }, files: ['config.json'] });
});

test('A build with logins of the CDK keeps the contexts, plugins and other logins of the user, whose files do not change', async () => {
  write('cdk-docker-creds.json', LOGIN);
  const own = write('.docker/config.json', { auths: { a: { auth: 'x' } }, credHelpers: { 'example.org': 'pass' } });
  write('.docker/contexts/meta/one/meta.json', '{}');
  write('.docker/cli-plugins/docker-buildx', '');
  const before = readFileSync(own, 'utf8');
  const { config, files } = await build();
  expect(config).toEqual({
    auths: { a: { auth: 'x' } },
    credHelpers: { 'example.org': 'pass', 'example.com': 'cdk-assets' },
  });
  expect(files).toEqual(
    expect.arrayContaining(['contexts/meta/one/meta.json', 'cli-plugins/docker-buildx', 'config.json']),
  );
  expect(readFileSync(own, 'utf8')).toBe(before);
  expect(existsSync(path.join(directory, '.docker/contexts/meta/one/meta.json'))).toBe(true);
});

test.each([
  ['is not valid JSON', 'no', 'is not valid JSON: '],
  ['contains no logins', {}, 'must contain an object `domainCredentials` with the logins by domain'],
])('A build fails with an error that names the file of the CDK if it %s', async (_, content, error) => {
  const file = write('cdk-docker-creds.json', content);
  await expect(build()).rejects.toThrow(`${file} ${error}`);
});

test.each([
  ['pull access denied for example.com/base', 'log in with `docker login`, or add the domain of the registry to FILE'],
  ['no basic auth credentials', 'log in with `docker login`, or add the domain of the registry to FILE'],
  [
    'error getting credentials - err: exec: "docker-credential-cdk-assets": executable file not found in $PATH',
    'could not get the login that FILE specifies. Install it with `npm install --global cdk-assets`',
  ],
])('The error of a build that ends with "%s" states how to log in', async (output, advice) => {
  await expect(build(output)).rejects.toThrow(advice.replace('FILE', logins));
});

test('The error of a build that fails for another reason mentions no login', async () => {
  await expect(build('COPY failed')).rejects.toThrow(/COPY failed$/);
});
