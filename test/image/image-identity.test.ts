import * as path from 'node:path';
import { type Stack, aws_ecr_assets as ecr_assets, aws_s3 as s3 } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { IgnoreMode, SymlinkFollowMode } from 'aws-cdk-lib';
import {
  AlgorithmImages,
  type AssetImageOptions,
  ContainerImage,
  InstanceType,
  ManifestFormat,
  Model,
  ModelPackage,
  Processor,
  TrainingInput,
  TrainingJob,
  TrainingResources,
  TuningJob,
} from '../../lib';
import { tuningDefinition } from '../jobs';
import { algorithmProps, errorOf, newAlgorithm } from '../stacks';
import { BuildDirectory, type Entry, deleteDirectories, freshStack } from './build-directory';

afterEach(deleteDirectories);

const RESOURCES = TrainingResources.of(InstanceType.ML_M5_XLARGE);

/** A Dockerfile with a target for training and one for inference. */
const SPLIT = `ARG TAG=1
FROM scratch AS shared
COPY common/ /common/
FROM shared AS training
ARG LEVEL
COPY train /train
FROM shared AS inference
ARG WORKERS
COPY serve /serve
`;

const SPLIT_FILES = { 'common/a.py': 'a', train: 't', serve: 's', 'README.md': 'r' };

function splitDirectory(): BuildDirectory {
  return new BuildDirectory(SPLIT, SPLIT_FILES);
}

/** The identity of an image in a new stack. */
function identityOf(directory: BuildDirectory, options: AssetImageOptions = {}): string {
  return bound(directory, options).identity!;
}

function bound(directory: BuildDirectory, options: AssetImageOptions = {}): ReturnType<ContainerImage['bind']> {
  return ContainerImage.fromAsset(directory.path, options).bind(freshStack());
}

/** The tag of an image, which is the hash of its asset. */
function tagOf(directory: BuildDirectory, options: AssetImageOptions = {}): string {
  return bound(directory, options).ecrImage!.imageTag!;
}

/** The files whose content is part of the identity of an image. */
function filesReadBy(directory: BuildDirectory, files: string[], options: AssetImageOptions = {}): string[] {
  const before = identityOf(directory, options);
  return files.filter((file) => {
    directory.write(file, 'changed');
    const isRead = identityOf(directory, options) !== before;
    directory.write(file, file);
    expect(identityOf(directory, options)).toBe(before);
    return isRead;
  });
}

/** The notes of the synthesis about images. */
function notesOf(stack: Stack): string[] {
  return Annotations.fromStack(stack)
    .findInfo('*', Match.anyValue())
    .map(({ entry }) => entry.data as string);
}

function warningsOf(stack: Stack): string[] {
  return Annotations.fromStack(stack)
    .findWarning('*', Match.anyValue())
    .map(({ entry }) => entry.data as string);
}

function trainingJob(stack: Stack, directory: BuildDirectory, options: AssetImageOptions = {}): TrainingJob {
  const image = ContainerImage.fromAsset(directory.path, { target: 'training', ...options });
  return new TrainingJob(stack, 'Train', { image, resources: RESOURCES });
}

type Rendered = { id: string; request: string };

/** The logical id of the start resource of the only job in a stack, and the request that it sends. */
function jobOf(stack: Stack, type = 'Custom::SageMakerTrainingJob'): Rendered {
  const [[id, resource]] = Object.entries(Template.fromStack(stack).findResources(type));
  return { id, request: JSON.stringify((resource.Properties as { Request: unknown }).Request) };
}

describe('A training job whose image is a target of a directory', () => {
  const training = (directory: BuildDirectory): Rendered => {
    const stack = freshStack();
    trainingJob(stack, directory);
    return jobOf(stack);
  };

  test.each<[string, string, Entry]>([
    ['a file that only the inference target copies', 'serve', 's2'],
    ['a file that no target copies', 'README.md', 'r2'],
    ['an instruction of the inference target', 'Dockerfile', SPLIT.replace('/serve', '/other')],
    ['a comment in the Dockerfile', 'Dockerfile', `# Both targets\n${SPLIT}`],
    ['an argument that no stage uses', 'Dockerfile', SPLIT.replace('TAG=1', 'TAG=2')],
    ['the line ends of the Dockerfile', 'Dockerfile', SPLIT.replaceAll('\n', '\r\n')],
  ])(
    'does not start again when %s changes, and gets the new image when it starts for another reason',
    (_, file, entry) => {
      const directory = splitDirectory();
      const before = training(directory);
      directory.write(file, entry);
      const after = training(directory);
      expect(after.id).toBe(before.id);
      expect(after.request).not.toBe(before.request);
    },
  );

  test.each<[string, string, Entry]>([
    ['a file of a stage on which the target depends', 'common/a.py', 'a2'],
    ['a file that is new in a copied directory', 'common/b.py', 'b'],
    ['a file of the target', 'train', 't2'],
    ['the executable bit of a file', 'train', { content: 't', mode: 0o755 }],
    ['a line end', 'train', 't\r\n'],
    ['the type of a file', 'train', { link: 'serve' }],
    ['an instruction of the target', 'Dockerfile', SPLIT.replace('/train\n', '/program\n')],
    ['an instruction of a stage on which the target depends', 'Dockerfile', SPLIT.replace('/common/\n', '/shared/\n')],
  ])('starts again when %s changes', (_, file, entry) => {
    const directory = splitDirectory();
    const before = training(directory);
    directory.write(file, entry);
    expect(training(directory).id).not.toBe(before.id);
  });

  test('starts again when an argument in the name of a base image changes', () => {
    const directory = new BuildDirectory('ARG TAG=1\nFROM scratch:$TAG\nCOPY train /\n', { train: 't' });
    const before = identityOf(directory);
    directory.write('Dockerfile', 'ARG TAG=2\nFROM scratch:$TAG\nCOPY train /\n');
    expect(identityOf(directory)).not.toBe(before);
  });

  test('starts again when an argument changes from which another one of the target is composed', () => {
    const dockerfile = (a: string): string =>
      `ARG A=${a}\nARG B="$A x"\nFROM scratch AS training\nARG B\nRUN make $B\nCOPY train /\n`;
    const directory = new BuildDirectory(dockerfile('1'), { train: 't' });
    const before = identityOf(directory);
    directory.write('Dockerfile', dockerfile('2'));
    expect(identityOf(directory)).not.toBe(before);
  });
});

describe('The identity of an image that is built from a directory', () => {
  const DEFAULT = { target: 'training', buildArgs: { LEVEL: '1', WORKERS: '1' } };

  test.each<[string, AssetImageOptions]>([
    ['a build argument of another target', { buildArgs: { LEVEL: '1', WORKERS: '2' } }],
    ['the manifest format', { manifestFormat: ManifestFormat.DOCKER }],
    ['the cache', { cacheFrom: [{ type: 'registry', params: { ref: 'example.com/cache' } }], cacheDisabled: true }],
    ['the value of a build secret', { buildSecrets: {} }],
    ['the name of the asset', { assetName: 'churn' }],
    ['the verification', { verify: true }],
    ['the processor', { processor: Processor.CPU }],
    ['an option that `invalidation` ignores', { invalidation: { extraHash: false }, extraHash: '1' }],
    ['the written default of an option', { file: 'Dockerfile' }],
  ])('is independent of %s', (_, options) => {
    const directory = splitDirectory();
    expect(identityOf(directory, { ...DEFAULT, ...options })).toBe(identityOf(directory, DEFAULT));
  });

  test.each<[string, AssetImageOptions]>([
    ['the target', { target: 'inference' }],
    ['a build argument of the target', { buildArgs: { LEVEL: '2', WORKERS: '1' } }],
    ['a build argument that no stage declares', { buildArgs: { LEVEL: '1', WORKERS: '1', HTTP_PROXY: 'a' } }],
    ['the platform', { platform: ecr_assets.Platform.LINUX_ARM64 }],
    ['the network mode', { networkMode: ecr_assets.NetworkMode.HOST }],
    ['the names of build secrets', { buildSecrets: { TOKEN: 'type=env,id=TOKEN' } }],
    ['the name of the SSH agent', { buildSsh: 'default=/run/agent' }],
    ['the extra hash', { extraHash: '2' }],
  ])('depends on %s', (_, options) => {
    const directory = splitDirectory();
    expect(identityOf(directory, { ...DEFAULT, ...options })).not.toBe(identityOf(directory, DEFAULT));
  });

  test('does not depend on the values of build secrets and the path of the SSH agent, which differ between machines', () => {
    const directory = splitDirectory();
    const secrets = (path: string): string =>
      identityOf(directory, { ...DEFAULT, buildSecrets: { TOKEN: `src=${path}` }, buildSsh: `default=${path}` });
    expect(secrets('/home/a')).toBe(secrets('/home/b'));
  });

  const FILES = ['a.py', 'b.py', 'c.txt', 'sub/a.py', 'sub/deep/b.py', 'Dockerfile.other', 'sub dir/x'];

  test.each<[string, string[], AssetImageOptions?]>([
    ['COPY a.py b.py /x/', ['a.py', 'b.py']],
    ['COPY *.py /x/', ['a.py', 'b.py']],
    ['COPY ?.txt /x/', ['c.txt']],
    ['COPY */a.py /x/', ['sub/a.py']],
    ['COPY sub /x/', ['sub/a.py', 'sub/deep/b.py']],
    ['COPY s*b /x/', ['sub/a.py', 'sub/deep/b.py']],
    ['COPY ./sub/../sub/deep/ /x/', ['sub/deep/b.py']],
    ['COPY ../../a.py /x/', ['a.py']],
    ['COPY ["sub dir", "/x/"]', ['sub dir/x']],
    ['copy \\\n# the programs\n  a.py \\\n\n  /x/', ['a.py']],
    ['COPY --chown=1:1 --chmod=755 --link a.py /x/', ['a.py']],
    ['COPY --parents sub/./deep /x/', ['sub/deep/b.py']],
    ['COPY --exclude=*.txt sub c.txt /x/', ['c.txt', 'sub/a.py', 'sub/deep/b.py']],
    ['ADD a.py /x/', ['a.py']],
    ['ENV DIR=sub\nCOPY ${DIR}/deep /x/', ['sub/deep/b.py']],
    ['ENV DIR "sub"\nCOPY $DIR/deep /x/', ['sub/deep/b.py']],
    ['ARG DIR=sub\nCOPY $DIR/deep /x/', ['sub/deep/b.py']],
    ['ARG DIR=other\nCOPY $DIR/deep /x/', ['sub/deep/b.py'], { buildArgs: { DIR: 'sub' } }],
    ['ARG EMPTY=\nCOPY ${EMPTY:-a}.py /x/', ['a.py']],
    ['ARG NAME=x\nCOPY ${NAME:+a}.py /x/', ['a.py']],
    ['ARG GLOBAL\nCOPY $GLOBAL.py /x/', ['b.py']],
    ['RUN --mount=type=cache,target=/root --mount=type=secret,id=a make\nCOPY a.py /x/', ['a.py']],
    ['FROM scratch AS second\nCOPY b.py /x/', ['b.py']],
    ['COPY a.py /x/\nFROM scratch AS second\nCOPY --from=first /x /y', ['a.py']],
    ['COPY a.py /x/\nFROM scratch AS second\nCOPY --from=0 /x /y', ['a.py']],
    ['COPY a.py /x/\nFROM scratch AS second\nRUN --mount=from=First,target=/m cp /m/x /y', ['a.py']],
    ['COPY a.py /x/\nFROM first AS second\nCOPY b.py /y', ['a.py', 'b.py']],
    ['COPY a.py /x/\nFROM scratch AS second\nCOPY --from=busybox /bin/sh /y\nCOPY b.py /y', ['b.py']],
    ['COPY a.py /x/', ['a.py'], { target: 'FIRST' }],
    ['COPY . /x/\nFROM scratch AS second\nCOPY b.py /x/', ['b.py']],
    ['COPY a.py /x/\nFROM "first"\nCOPY b.py /x/', ['a.py', 'b.py']],
    ['COPY sub /x/', ['sub/deep/b.py'], { exclude: ['sub/a.py'] }],
    ['COPY sub /x/', ['sub/a.py'], { exclude: ['deep'], ignoreMode: IgnoreMode.GIT }],
    ['COPY sub /x/', ['sub/deep/b.py'], { exclude: ['a.py'], ignoreMode: IgnoreMode.GLOB }],
  ])('with %j covers %j', (...[instructions, expected, options]) => {
    const directory = new BuildDirectory(`ARG GLOBAL=b\nFROM scratch AS first\n${instructions}\n`);
    FILES.forEach((file) => directory.write(file, file));
    expect(filesReadBy(directory, FILES, options)).toEqual(expected);
    expect(identityOf(directory, options)).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each([
    [
      'a stage to which it refers by number',
      'FROM b AS y\nRUN 1\nFROM y AS x\nRUN 2\nFROM c\nCOPY --from=1 /f /a\nCOPY --from=x /f /b\n',
      (dockerfile: string) => `FROM z AS z\n${dockerfile}`,
    ],
    [
      'the order of the arguments of its base image',
      'ARG T=1\nARG I=b:$T\nARG T=2\nFROM $I\n',
      () => 'ARG T=1\nARG T=2\nARG I=b:$T\nFROM $I\n',
    ],
  ])('changes with %s', (_, dockerfile, change) => {
    const directory = new BuildDirectory(dockerfile);
    const before = identityOf(directory);
    directory.write('Dockerfile', change(dockerfile));
    expect(before).toMatch(/^[0-9a-f]{64}$/);
    expect(identityOf(directory)).not.toBe(before);
  });

  test('does not cover files that `.dockerignore` excludes from a copied directory', () => {
    const directory = new BuildDirectory('FROM scratch\nCOPY sub /x/\n', {
      '.dockerignore': '**/*.txt\n!sub/keep.txt\n',
    });
    const files = ['sub/a.py', 'sub/a.txt', 'sub/keep.txt'];
    files.forEach((file) => directory.write(file, file));
    expect(filesReadBy(directory, files)).toEqual(['sub/a.py', 'sub/keep.txt']);
  });

  test('covers the target of a symbolic link in a copied directory, and the content if the CDK follows the link', () => {
    const links = (followSymlinks?: SymlinkFollowMode): boolean[] => {
      const directory = new BuildDirectory('FROM scratch\nCOPY sub /x/\n', {
        a: 'a',
        b: 'b',
        'sub/link': { link: '../a' },
      });
      const before = identityOf(directory, { followSymlinks });
      directory.write('a', 'a2');
      const content = identityOf(directory, { followSymlinks }) !== before;
      directory.write('a', 'a');
      directory.write('sub/link', { link: '../b' });
      return [content, identityOf(directory, { followSymlinks }) !== before];
    };
    expect(links()).toEqual([false, true]);
    expect(links(SymlinkFollowMode.ALWAYS)).toEqual([true, true]);
  });

  test('is that of another Dockerfile if the option `file` is set', () => {
    const directory = new BuildDirectory('FROM scratch\nCOPY a.py /\n', {
      'docker/Dockerfile': 'FROM scratch\nCOPY b.py /\n',
    });
    ['a.py', 'b.py'].forEach((file) => directory.write(file, file));
    expect(filesReadBy(directory, ['a.py', 'b.py'], { file: 'docker/Dockerfile' })).toEqual(['b.py']);
  });

  test('is the same when several stacks and images of the same options use it, also after the first use', () => {
    const directory = splitDirectory();
    const options = { target: 'training', exclude: ['*.md'] };
    const image = ContainerImage.fromAsset(directory.path, options);
    const stack = freshStack();
    const configs = [
      image.bind(stack),
      image.bind(stack),
      ContainerImage.fromAsset(directory.path, options).bind(stack),
    ];
    expect(new Set(configs.map(({ identity }) => identity)).size).toBe(1);
    expect(stack.node.children).toHaveLength(1);
    expect(options.exclude).toEqual(['*.md']);
  });
});

describe('The whole directory is the identity of an image, with a note that states why,', () => {
  const NOTE = /^Every change in directory \S+ starts a new training job, because (?<reason>.*)\.$/s;

  test.each<[string, string, AssetImageOptions?]>([
    ['FROM scratch\nCOPY . .', 'line 2 (`COPY . .`) copies all of it. Copy only the files that training needs'],
    ['FROM scratch\nCOPY a/.. /', 'line 2 (`COPY a/.. /`) copies all of it. Copy only the files that training needs'],
    ['FROM busybox\nARG A=a\nCOPY $A /', 'line 3 (`COPY $A /`) copies `$A`, which is only known in the build'],
    ['FROM scratch\nRUN echo a \\\\\nCOPY a /', 'a line ends with two backslashes'],
    [
      'FROM scratch\nRUN --network=none\u00a0--mount=type=bind,target=/m true',
      'the Dockerfile contains unusual white space',
    ],
    ['FROM scratch AS a\nFROM scratch\nCOPY --from=+0 / /', 'line 3 (`COPY --from=+0 / /`) has an unknown source `+0`'],
    ['FROM scratch\nCOPY $A /', 'line 2 (`COPY $A /`) copies `$A`, which is only known in the build'],
    ['FROM scratch\nARG A\nCOPY $A /', 'line 3 (`COPY $A /`) copies `$A`, which is only known in the build'],
    ['FROM scratch\nARG A="x\\ y"\nCOPY $A /', 'line 3 (`COPY $A /`) copies `$A`, which is only known in the build'],
    ['FROM scratch\nENV A=a\nARG A=b\nCOPY $A /', 'line 4 (`COPY $A /`) copies `$A`, which is only known in the build'],
    [
      'FROM scratch\nARG TARGETARCH=a\nCOPY $TARGETARCH /',
      'line 3 (`COPY $TARGETARCH /`) copies `$TARGETARCH`, which is only known in the build',
    ],
    ['FROM scratch\nENV $A=1', 'line 2 (`ENV $A=1`) defines a variable whose name is only known in the build'],
    ['FROM scratch\nADD https://example.com/a /', 'line 2 (`ADD https://example.com/a /`) downloads its source'],
    ['FROM scratch\nADD git@example.com:a/b.git /', 'line 2 (`ADD git@example.com:a/b.git /`) downloads its source'],
    [
      'FROM scratch\nCOPY [ab].py /',
      'line 2 (`COPY [ab].py /`) copies `[ab].py`, a pattern that only Docker can evaluate. Copy only the files that training needs',
    ],
    [
      'FROM scratch\nCOPY --parents **/a /',
      'line 2 (`COPY --parents **/a /`) copies `**/a`, a pattern that only Docker can evaluate. Copy only the files that training needs',
    ],
    ['FROM scratch\nCOPY a\\ b /', 'line 2 (`COPY a\\ b /`) has arguments with quotation marks or backslashes'],
    ['FROM scratch\nCOPY "a" /', 'line 2 (`COPY "a" /`) has arguments with quotation marks or backslashes'],
    [
      'FROM scratch\nCOPY missing /',
      'line 2 (`COPY missing /`) copies `missing`, which is not a file of the directory',
    ],
    ['FROM scratch\nCOPY link /', 'line 2 (`COPY link /`) copies the symbolic link `link`'],
    ['FROM scratch\nCOPY folder/a /', 'line 2 (`COPY folder/a /`) copies the symbolic link `folder`'],
    ['FROM scratch\nCOPY --new a /', 'line 2 (`COPY --new a /`) has the unknown flag `--new`'],
    ['FROM scratch\nCOPY <<EOF /a\nfrom x\nEOF', 'line 2 contains a here-document'],
    ['FROM scratch AS a\nRUN <<-"EOF"\nFROM b\nEOF', 'line 2 contains a here-document'],
    ['FROM python:3-onbuild', 'line 1 (`FROM python:3-onbuild`) has a base image that can copy files of the directory'],
    ['FROM scratch\nONBUILD COPY a /', 'line 2 (`ONBUILD COPY a /`) runs in other builds'],
    ['FROM $BASE', 'line 1 (`FROM $BASE`) has a base image that is only known in the build'],
    ['# syntax=docker/dockerfile:2\nFROM scratch', 'the Dockerfile has the directive `syntax=docker/dockerfile:2`'],
    ['# escape=`\nFROM scratch', 'the Dockerfile has the directive `escape=``'],
    ['#!/usr/bin/env docker\nFROM scratch', 'the Dockerfile starts with `#!`'],
    ['FROM scratch\nRUN --mount=target=/a make', 'line 2 (`RUN --mount=target=/a make`) mounts files of the directory'],
    [
      'FROM scratch\nRUN --mount=type=bind,source=a,target=/a make',
      'line 2 (`RUN --mount=type=bind,source=a,target=/a make`) mounts files of the directory',
    ],
    [
      'FROM scratch\nRUN --mount=from=$A,target=/a make',
      'line 2 (`RUN --mount=from=$A,target=/a make`) has an unknown source `$A`',
    ],
    ['FROM scratch\nRUN --mount=type=new make', 'line 2 (`RUN --mount=type=new make`) has an unknown mount'],
    [
      'FROM scratch\nCOPY --from=later /a /\nFROM scratch AS later\nFROM scratch',
      'line 2 (`COPY --from=later /a /`) has an unknown source `later`',
      { target: '0' },
    ],
    ['FROM scratch AS a\nFROM scratch AS a', 'several stages have the name a'],
    ['FROM scratch\nINCLUDE a', 'line 2 has the unknown instruction INCLUDE'],
    ['FROM scratch', '`buildContexts` adds other sources: data', { buildContexts: { data: 'docker-image://busybox' } }],
    ['FROM scratch', '`buildArgs` has BUILDKIT_SYNTAX', { buildArgs: { BUILDKIT_SYNTAX: 'example.com/frontend' } }],
  ])('for %j', (...[dockerfile, reason, options]) => {
    const directory = new BuildDirectory(`${dockerfile}\n`, {
      a: 'a',
      'sub/a': 'a',
      link: { link: 'a' },
      folder: { link: 'sub' },
    });
    const stack = freshStack();
    const image = ContainerImage.fromAsset(directory.path, options);
    const { identity, imageUri } = image.bind(stack);
    expect(identity).toBe(imageUri);
    expect(notesOf(stack).map((note) => NOTE.exec(note.replace(/ \[ack: .*/, ''))?.groups?.reason)).toEqual([reason]);
  });

  test.each<[string, { [name: string]: Entry }, AssetImageOptions?]>([
    ['`Dockerfile.dockerignore` excludes files from the build', { 'Dockerfile.dockerignore': 'b' }],
    [
      '`.dockerignore` is used with another `ignoreMode` than that of Docker',
      { '.dockerignore': 'b' },
      { ignoreMode: IgnoreMode.GIT },
    ],
  ])('because %s', (...[reason, files, options]) => {
    const directory = new BuildDirectory('FROM scratch\nCOPY a /\n', { a: 'a', ...files });
    const stack = freshStack();
    const { identity, imageUri } = ContainerImage.fromAsset(directory.path, options).bind(stack);
    expect(identity).toBe(imageUri);
    expect(notesOf(stack)).toEqual([expect.stringContaining(`because ${reason}.`)]);
  });

  test('and a change of any file starts a new training job', () => {
    const directory = new BuildDirectory('FROM scratch AS training\nCOPY . /\n', { README: 'r' });
    const ids = ['r', 'r2'].map((content) => {
      directory.write('README', content);
      const stack = freshStack();
      trainingJob(stack, directory);
      return jobOf(stack).id;
    });
    expect(ids[0]).not.toBe(ids[1]);
  });

  test('once per image, and not for an image that no training uses', () => {
    const directory = new BuildDirectory('FROM scratch AS training\nCOPY . /\n');
    const image = ContainerImage.fromAsset(directory.path);
    const [hosting, training] = [freshStack(), freshStack()];
    new Model(hosting, 'Model', { image });
    for (const id of ['First', 'Second']) new TrainingJob(training, id, { image, resources: RESOURCES });
    expect(notesOf(hosting)).toEqual([]);
    expect(notesOf(training)).toHaveLength(1);
  });

  test.each([
    'docker/dockerfile:1',
    'docker/dockerfile:1.7',
    'docker.io/docker/dockerfile:1.7.1',
    'docker/dockerfile:1.7-labs',
  ])('but not for the syntax %s', (syntax) => {
    const directory = new BuildDirectory(`# syntax=${syntax}\nFROM scratch\nCOPY a /\n`, { a: 'a', b: 'b' });
    expect(filesReadBy(directory, ['a', 'b'])).toEqual(['a']);
  });
});

describe('An image whose target does not exist in the Dockerfile', () => {
  test('is a validation error that lists the stages', () => {
    const directory = splitDirectory();
    expect(errorOf(() => identityOf(directory, { target: 'train' }))).toBe(
      `Image of directory ${directory.path}: \`target\` must be a stage of the Dockerfile (shared, training, inference), got: "train"`,
    );
  });

  test('is a validation error if no stage has a name', () => {
    const directory = new BuildDirectory('FROM scratch\n');
    expect(errorOf(() => identityOf(directory, { target: 'train' }))).toContain('(none has a name), got: "train"');
  });

  test('is not a validation error if the syntax of the Dockerfile is unknown', () => {
    const directory = new BuildDirectory('# syntax=example.com/frontend\nFROM scratch\n');
    expect(() => bound(directory, { target: 'train' })).not.toThrow();
  });
});

describe('A change that the training target does not read', () => {
  /** Renders a stack before and after the change of a file. */
  function renderings<T>(render: (stack: Stack, image: ContainerImage) => T): [T, T] {
    const directory = splitDirectory();
    const [before, after] = ['r', 'r2'].map((content) => {
      directory.write('README.md', content);
      return render(freshStack(), ContainerImage.fromAsset(directory.path, { target: 'training' }));
    });
    return [before, after];
  }

  function propertyOf(stack: Stack, type: string, property: string): string {
    const [{ Properties }] = Object.values(Template.fromStack(stack).findResources(type));
    return JSON.stringify((Properties as Record<string, unknown>)[property]);
  }

  test('does not run a tuning job again', () => {
    const [before, after] = renderings((stack, image) => {
      new TuningJob(stack, 'Tune', { definitions: [tuningDefinition({ image })] });
      return jobOf(stack, 'Custom::SageMakerTuningJob');
    });
    expect(after.id).toBe(before.id);
    expect(after.request).not.toBe(before.request);
  });

  test.each([false, true])('creates a new algorithm, and does not train again with it (verified: %s)', (verify) => {
    const [before, after] = renderings((stack, image) => {
      const images = AlgorithmImages.combined(verify ? image._verified : image);
      const algorithm = newAlgorithm(stack, { images });
      const data = s3.Bucket.fromBucketName(stack, 'Data', 'data');
      const inputs = { train: TrainingInput.fromBucket(data, 'train/', { contentType: 'text/csv' }) };
      new TrainingJob(stack, 'Train', { algorithm, inputs, hyperparameters: { max_depth: '6' }, resources: RESOURCES });
      return { ...jobOf(stack), name: propertyOf(stack, 'AWS::SageMaker::Algorithm', 'AlgorithmName') };
    });
    expect(after.name).not.toBe(before.name);
    expect(after.id).toBe(before.id);
  });

  test('updates a model, and creates a new unversioned model package', () => {
    const [before, after] = renderings((stack, image) => {
      new Model(stack, 'Model', { image });
      new ModelPackage(stack, 'Package', { image, inference: algorithmProps().inference! });
      return [
        propertyOf(stack, 'AWS::SageMaker::Model', 'PrimaryContainer'),
        propertyOf(stack, 'AWS::SageMaker::ModelPackage', 'ModelPackageName'),
      ];
    });
    expect(after[0]).not.toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
  });
});

describe('The asset hash of an image', () => {
  const SCRIPT = { content: '#!/bin/sh\n', mode: 0o755 };
  const directoryWith = (files: { [name: string]: Entry }): BuildDirectory =>
    new BuildDirectory('FROM scratch\nCOPY . /\n', files);

  test.each<[string, Entry, Entry]>([
    ['line ends', { content: '#!/bin/sh\r\nmake\r\n', mode: 0o755 }, { content: '#!/bin/sh\nmake\n', mode: 0o755 }],
    ['some of the line ends', { content: 'a\r\nb\r\n', mode: 0o644 }, { content: 'a\r\nb\n', mode: 0o644 }],
    ['executable bit', { content: '#!/bin/sh\n', mode: 0o644 }, { content: '#!/bin/sh\n', mode: 0o755 }],
    ['executable bit, without an interpreter,', { content: 'a', mode: 0o755 }, { content: 'a', mode: 0o644 }],
  ])('changes when only the %s of a file change, so that the image is built again', (_, before, after) => {
    const directory = directoryWith({ train: before });
    const first = tagOf(directory);
    directory.write('train', after);
    expect(tagOf(directory)).not.toBe(first);
  });

  test('changes when only characters change that are not UTF-8', () => {
    const directory = directoryWith({});
    const tags = [0xe8, 0xe9].map((byte) => {
      directory.write('latin', Buffer.from([0x61, byte, 0x0a]));
      return tagOf(directory);
    });
    expect(tags[0]).not.toBe(tags[1]);
  });

  test('is that of the CDK for a directory whose scripts are executable and whose text has line feeds', () => {
    const directory = directoryWith({ train: SCRIPT, 'a.py': 'a\n', 'a.bin': 'a\0\r\n' });
    const asset = new ecr_assets.DockerImageAsset(freshStack(), 'Asset', {
      directory: directory.path,
      platform: ecr_assets.Platform.LINUX_AMD64,
    });
    expect(tagOf(directory)).toBe(asset.imageTag);
  });

  test('and the identity are the same on a file system without modes', () => {
    const files = (mode?: number): BuildDirectory =>
      new BuildDirectory('FROM scratch\nCOPY train a.py /\n', {
        train: { content: '#!/bin/sh\n', mode: mode ?? 0o755 },
        'a.py': { content: 'a\n', mode: mode ?? 0o644 },
      });
    const [usual, without] = [files(), files(0o777)];
    without.write('Dockerfile', { content: 'FROM scratch\nCOPY train a.py /\n', mode: 0o777 });
    expect(tagOf(without)).toBe(tagOf(usual));
    expect(identityOf(without)).toBe(identityOf(usual));
  });

  describe('on Windows, where Git converts line ends,', () => {
    const { platform } = process;
    const SCRIPT_OF_WINDOWS = { content: '#!/bin/sh\r\nmake\r\n', mode: 0o755 };
    // With three more characters, a part that is read at a time ends between the two characters of a line end.
    const large = 'print(1)\r\n'.repeat(2000);

    afterEach(() => Object.defineProperty(process, 'platform', { value: platform }));

    function onWindows<T>(use: () => T): T {
      Object.defineProperty(process, 'platform', { value: 'win32' });
      const result = use();
      Object.defineProperty(process, 'platform', { value: platform });
      return result;
    }

    test.each(['a\r\n', 'é\r\n\r\n', large, `abc${large}`, 'a\rb\r\n'])(
      'is that of a checkout with line feeds, and so is the identity (text %#)',
      (content) => {
        const dockerfile = 'FROM scratch\nCOPY a.py /\n';
        const windows = new BuildDirectory(dockerfile.replaceAll('\n', '\r\n'), { 'a.py': content });
        const linux = new BuildDirectory(dockerfile, { 'a.py': content.replaceAll('\r\n', '\n') });
        expect(onWindows(() => tagOf(windows))).toBe(tagOf(linux));
        expect(onWindows(() => identityOf(windows))).toBe(identityOf(linux));
        expect(tagOf(windows)).not.toBe(tagOf(linux));
      },
    );

    test('is another one for a script, which Linux cannot run', () => {
      const windows = directoryWith({ train: SCRIPT_OF_WINDOWS });
      const linux = directoryWith({ train: { content: '#!/bin/sh\nmake\n', mode: 0o755 } });
      expect(onWindows(() => tagOf(windows))).not.toBe(tagOf(linux));
    });
  });

  test('has a warning about scripts that Linux cannot run because of their line ends', () => {
    const directory = directoryWith({
      'bin/train': '#!/usr/bin/env python3\r\n',
      serve: '#!/bin/sh\nprintf "a\r\n"\r\n',
      'a.txt': 'a\r\n',
      link: { link: 'bin/train' },
    });
    const stack = freshStack();
    ContainerImage.fromAsset(directory.path).bind(stack);
    expect(warningsOf(stack)).toEqual([
      expect.stringContaining(
        `Linux cannot run scripts with Windows line ends (CRLF) in directory ${path.relative('.', directory.path)}: bin/train. ` +
          'Convert them to LF. If Git converts them, add "* text=auto eol=lf" to `.gitattributes`.',
      ),
    ]);
  });

  test('changes with the extra hash of the user, with and without such a file', () => {
    for (const train of [SCRIPT, { content: '#!/bin/sh\r\n', mode: 0o644 }]) {
      const directory = directoryWith({ train });
      const tags = [{}, { extraHash: '1' }, { extraHash: '2' }].map((options) => tagOf(directory, options));
      expect(new Set(tags).size).toBe(3);
      expect(tagOf(directory, { extraHash: '1', invalidation: { extraHash: false } })).toBe(tags[0]);
    }
  });

  test('does not change with files that are not part of the build context', () => {
    const directory = directoryWith({ '.dockerignore': 'notes\n', notes: 'a\r\n', train: SCRIPT });
    const before = tagOf(directory);
    directory.write('notes', { content: 'b\r\n', mode: 0o755 });
    expect(tagOf(directory)).toBe(before);
  });
});
