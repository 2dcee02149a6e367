import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import fc from 'fast-check';
import * as tar from 'tar';
import { ContainerImage } from '../../lib';
import { BuildDirectory, type Entry, deleteDirectories, newDirectory } from '../image/build-directory';

// Compares the identity of images with what Docker builds: an image may only have the identity of another one if they contain the
// same files.

const REPOSITORY = 'image-identity-test';

/** The directory of a build: its files, and the lines of each stage of its Dockerfile. */
interface Build {
  readonly files: { [name: string]: Entry };
  readonly stages: string[][];
  readonly target: number;
  readonly level: string;
}

const NAMES = ['a.py', 'b.py', 'train', 'notes.txt', 'sub/a.py', 'sub/deep/b.txt'];
const CONTENTS = ['', 'x\n', 'x\r\n', '#!/bin/sh\nx\n', '#!/bin/sh\r\nx\n', 'x\0', 'é\n'];
const SOURCES = [...NAMES, 'sub', 'sub/deep', '*.py', 'su?', '$DIR', '${DIR}/deep', '$LEVEL.py', '.'];

const entry = fc.oneof(
  fc.record({ content: fc.constantFrom(...CONTENTS), mode: fc.constantFrom(0o644, 0o755) }),
  fc.constantFrom({ link: 'notes.txt' }, { link: 'sub' }),
);
const copy = (stage: number): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...SOURCES).map((source) => `COPY ${source} /${stage}/`) },
    { weight: 1, arbitrary: fc.constantFrom(...NAMES).map((source) => `ADD ${source} /added/`) },
    { weight: 1, arbitrary: fc.constantFrom('ENV DIR=sub/deep', 'ARG DIR=sub/deep', 'ARG LEVEL=b', 'ARG OTHER') },
    stage === 0
      ? { weight: 1, arbitrary: fc.constant('WORKDIR /work') }
      : { weight: 2, arbitrary: fc.nat(stage - 1).map((from) => `COPY --from=s${from} / /from/`) },
  );
const stage = (index: number): fc.Arbitrary<string[]> =>
  fc
    .tuple(
      fc.constantFrom('scratch', ...Array.from({ length: index }, (_, before) => `s${before}`)),
      fc.array(copy(index), { minLength: 1, maxLength: 3 }),
    )
    .map(([base, copies]) => [`FROM ${base} AS s${index}`, 'ENV DIR=sub', 'ARG LEVEL=a', ...copies]);
const build: fc.Arbitrary<Build> = fc.record({
  files: fc.record(Object.fromEntries(NAMES.map((name) => [name, entry]))),
  stages: fc.tuple(stage(0), stage(1), stage(2)),
  target: fc.nat(2),
  level: fc.constantFrom('a', 'b'),
});

function replaceFile([name, changed]: [string, Entry]): (build: Build) => Build {
  return (before) => ({ ...before, files: { ...before.files, [name]: changed } });
}

const ignoreFiles = (patterns: string): ((build: Build) => Build) => replaceFile(['.dockerignore', patterns]);

/** Changes a part of the build. */
const change: fc.Arbitrary<(build: Build) => Build> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom(...NAMES, 'sub/new.py', 'new.py'), entry).map(replaceFile) },
  { weight: 1, arbitrary: fc.constantFrom('*.txt\n', 'sub/deep\n', '**/*.py\n!a.py\n').map(ignoreFiles) },
  {
    weight: 1,
    arbitrary: fc.nat(2).chain((index) =>
      stage(index).map((changed) => (before: Build): Build => {
        const stages = before.stages.map((lines, position) => (position === index ? changed : lines));
        return { ...before, stages };
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('a', 'b').map((level) => (before: Build) => ({ ...before, level })),
  },
);

/** The identity of the target, and the directory that the CDK copies for its build. */
function identify({ files, stages, target, level }: Build): { identity: string; context: string } {
  const directory = new BuildDirectory(stages.flat().join('\n'), files);
  const outdir = newDirectory();
  const app = new App({ outdir });
  const image = ContainerImage.fromAsset(directory.path, { target: `s${target}`, buildArgs: { LEVEL: level } });
  const { identity } = image.bind(new Stack(app, 'Stack'));
  app.synth();
  const asset = readdirSync(outdir).find((name) => name.startsWith('asset.'));
  return { identity: identity!, context: path.join(outdir, asset!) };
}

/**
 * Every file of the built image, with its mode and hash. Undefined if it cannot be built. The cache of the classic
 * builder is not used: it takes a directory for unchanged when only the target of a symbolic link in it has changed.
 */
async function contentOf({ target, level }: Build, context: string): Promise<string[] | undefined> {
  const docker = (...args: string[]): string | undefined => {
    const { status, stdout } = spawnSync('docker', args, { encoding: 'utf8' });
    return status === 0 ? stdout.trim() : undefined;
  };
  const tag = `${REPOSITORY}:${path.basename(path.dirname(context)).toLowerCase()}`;
  const options = ['--quiet', '--no-cache', '--target', `s${target}`, '--build-arg', `LEVEL=${level}`, '--tag', tag];
  if (docker('build', ...options, context) === undefined) return undefined;
  const container = docker('create', tag, 'none')!;
  try {
    const archive = path.join(context, 'content.tar');
    docker('export', '--output', archive, container);
    return await listing(archive);
  } finally {
    docker('rm', container);
    docker('rmi', tag);
  }
}

async function listing(archive: string): Promise<string[]> {
  const entries: string[] = [];
  const contents: Promise<void>[] = [];
  await tar.list({
    file: archive,
    onReadEntry: (file) => {
      if (file.type === 'Directory') return;
      contents.push(
        file.concat().then((bytes) => {
          const hash = createHash('sha256').update(bytes).digest('hex');
          entries.push([file.path, file.type, file.mode, file.linkpath ?? '', hash].join(' '));
        }),
      );
    },
  });
  await Promise.all(contents);
  return entries.sort();
}

test('A target with the same identity contains the same files, for random Dockerfiles and changes of files, modes, line ends and arguments', async () => {
  let compared = 0;
  await fc.assert(
    fc
      .asyncProperty(build, fc.array(change, { minLength: 1, maxLength: 3 }), async (before, changes) => {
        const after = changes.reduce((changed, apply) => apply(changed), before);
        const [first, second] = [identify(before), identify(after)];
        if (first.identity !== second.identity) return;
        const [one, two] = [await contentOf(before, first.context), await contentOf(after, second.context)];
        if (one === undefined || two === undefined) return;
        compared += 1;
        expect(two).toEqual(one);
      })
      .afterEach(deleteDirectories),
    { numRuns: Number(process.env.IDENTITY_RUNS ?? 100) },
  );
  // Docker cannot build all of the random Dockerfiles.
  expect(compared).toBeGreaterThan(0);
});
