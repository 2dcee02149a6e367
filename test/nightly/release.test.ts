import { type Assembly, TypeKind, type ClassType, loadAssemblyFromPath } from '@jsii/spec';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { parse } from 'yaml';
import { ROOT, run, scratch } from '../interop/project';

const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { readonly scripts: object };

interface Result {
  readonly status: number | null;
  readonly output: string;
}

function script(name: string, args: string[], env: Record<string, string> = {}, cwd = ROOT): Result {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(ROOT, 'scripts', name), ...args], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return { status, output: `${stdout}${stderr}` };
}

/** An earlier package, whose API a function changes. */
function earlierPackage(version: string, change: (assembly: Assembly) => void): string {
  const directory = scratch();
  const assembly = loadAssemblyFromPath(ROOT);
  change(assembly);
  writeFileSync(path.join(directory, '.jsii'), JSON.stringify({ ...assembly, version }));
  writeFileSync(path.join(directory, 'package.json'), JSON.stringify({ ...manifest, version }));
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(directory, 'node_modules'));
  return directory;
}

/** Adds a class that the current API does not have. */
function addClass({ name, types = {} }: Assembly): void {
  const removed: ClassType = { kind: TypeKind.Class, assembly: name, fqn: `${name}.Removed`, name: 'Removed' };
  types[removed.fqn] = removed;
}

describe('The comparison of the API with that of the last release', () => {
  test('passes before the first release', () => {
    const repository = scratch();
    const git = (...args: string[]): string =>
      run(repository, 'git', '-c', 'user.name=a', '-c', 'user.email=a@b', ...args);
    git('init', '--quiet');
    git('commit', '--quiet', '--allow-empty', '--message=first');
    const { status, output } = script('api-changes.mjs', [], { GIT_DIR: path.join(repository, '.git') });
    expect({ status, output }).toEqual({
      status: 0,
      output: 'No version is tagged: there is no earlier API to compare with.\n',
    });
  });

  test('passes if the API is the same', () => {
    const { status, output } = script('api-changes.mjs', [earlierPackage('0.1.0', () => {})], {
      npm_new_version: '0.1.1',
    });
    expect(status).toBe(0);
    expect(output).toContain('The API of 0.1.1 is compatible with that of 0.1.0.');
  });

  test.each([
    ['0.1.0', '0.1.1', 1],
    ['0.1.0', '0.2.0', 0],
    ['1.1.0', '1.2.0', 1],
    ['1.2.0', '2.0.0', 0],
  ])('of %s reports a class that was removed in %s, and exits with %i', (previous, next, expected) => {
    const { status, output } = script('api-changes.mjs', [earlierPackage(previous, addClass)], {
      npm_new_version: next,
    });
    expect(output).toContain('cdk-sagemaker-algorithm.Removed');
    expect(status).toBe(expected);
  });
});

describe('The files of a release', () => {
  const FILES = [
    'CHANGELOG.md',
    'examples/breast-cancer/java/pom.xml',
    'examples/breast-cancer/go/go.mod',
    'examples/breast-cancer/csharp/BreastCancer.csproj',
  ];

  /** A copy of the files, of which the changelog has an unreleased version. */
  function copy(): string {
    const directory = scratch();
    for (const file of FILES) {
      mkdirSync(path.join(directory, path.dirname(file)), { recursive: true });
      cpSync(path.join(ROOT, file), path.join(directory, file));
    }
    writeFileSync(path.join(directory, 'CHANGELOG.md'), '# Changelog\n\n## 9.8.0 (unreleased)\n\n- A change\n');
    return directory;
  }

  test('contain its version, and the changelog also the date', () => {
    const directory = copy();
    expect(script('release.mjs', [], { npm_new_version: '9.8.7' }, directory)).toEqual({ status: 0, output: '' });
    const [changelog, ...others] = FILES.map((file) => readFileSync(path.join(directory, file), 'utf8'));
    expect(changelog).toMatch(/^# Changelog\n\n## 9\.8\.7 \(\d{4}-\d\d-\d\d\)\n\n- A change\n$/);
    for (const text of others) expect(text).toContain('9.8.7');
  });

  test('are not written for a changelog whose first version is released', () => {
    const directory = copy();
    writeFileSync(
      path.join(directory, 'CHANGELOG.md'),
      '# Changelog\n\n## 9.8.0 (2026-01-02)\n\n## 9.7.0 (unreleased)\n',
    );
    const { status, output } = script('release.mjs', [], { npm_new_version: '9.8.7' }, directory);
    expect(status).toBe(1);
    expect(output).toContain('CHANGELOG.md must contain');
  });
});

test('The workflow of a release runs scripts that exist, and each job has only the permissions that it needs', () => {
  const text = readFileSync(path.join(ROOT, '.github', 'workflows', 'release.yml'), 'utf8');
  const { permissions, jobs } = parse(text) as { permissions: object; jobs: Record<string, { permissions: object }> };
  const used = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name);
  expect(used.filter((name) => !(name in manifest.scripts))).toEqual([]);
  expect(used).toContain('test:nightly');
  expect(text).toContain('npm run package -- --all');
  const [, languages = ''] = /LANGUAGES = \[(.*)\]/.exec(
    readFileSync(path.join(ROOT, 'scripts', 'package.mjs'), 'utf8'),
  )!;
  const published = [...text.matchAll(/dist\/(\w+)(?![\w.])/g)].map(([, folder]) => folder);
  expect(new Set(published)).toEqual(new Set([...languages.matchAll(/\w+/g)].map(([name]) => name)));
  expect(permissions).toEqual({});
  expect(Object.fromEntries(Object.entries(jobs).map(([name, job]) => [name, job.permissions]))).toEqual({
    build: { contents: 'read' },
    npm: { 'id-token': 'write' },
    pypi: { 'id-token': 'write' },
    maven: {},
    nuget: {},
    go: {},
    release: { contents: 'write' },
  });
});
