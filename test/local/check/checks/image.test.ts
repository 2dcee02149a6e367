import * as tar from 'tar';
import { type CheckRequest, type CheckResult, checkIn, subjectOf } from '../../../../local/check';
import { type ImageInfo, withRun } from '../../../../local/container';
import { CheckEngine, check, directoryWith, findingIds, outcomeOf } from '../check-engine';

interface Image {
  readonly info?: Partial<ImageInfo>;
  readonly files?: Record<string, string>;
  readonly store?: string;
  readonly request?: Omit<CheckRequest, 'source'>;
}

function checkImage({ info = {}, files, store = 'overlay2', request = {} }: Image): Promise<CheckResult> {
  const engine = new CheckEngine();
  engine.imageInfo = info;
  engine.imageRoot = directoryWith(files);
  engine.store = store;
  return check(engine, request, { only: ['image'] });
}

const OCI_INDEX = '{"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json"}]}';
const GIB = 1024 ** 3;
const MULTI_MODEL = 'com.amazonaws.sagemaker.capabilities.multi-models';

describe('The checks of an image', () => {
  test('find nothing in an image that fulfills the contract', async () => {
    const result = await checkImage({ info: { entrypoint: ['python3', '/opt/program/entry.py'] } });
    expect(result.findings).toEqual([]);
    expect(outcomeOf(result, 'entrypoint')?.status).toBe('passed');
  });

  test.each<[string, string, Image]>([
    ['platform', 'linux/arm64, but its instances are linux/amd64', { info: { platform: 'linux/arm64' } }],
    [
      'platform',
      'linux/arm64, but its instances are linux/amd64',
      { info: { platform: 'linux/arm64' }, request: { training: false, serving: false, processing: {} } },
    ],
    ['entrypoint', 'is in shell form', { info: { entrypoint: ['/bin/sh', '-c', 'python3 main.py'] } }],
    ['init-process', 'is /sbin/tini, an init process', { info: { entrypoint: ['/sbin/tini', '--', 'main'] } }],
    ['reserved-paths', 'declares the volume /opt/ml/model', { info: { volumes: ['/opt/ml/model'] } }],
    ['reserved-paths', 'declares the volume /opt/ml,', { info: { volumes: ['/opt/ml'] } }],
    ['reserved-paths', 'has files below /opt/ml', { files: { 'opt/ml/program.py': '' } }],
    [
      'image-size',
      'is 10.5 GiB, and the limit for serverless endpoints is 10 GiB',
      { info: { sizeBytes: 10.5 * GIB }, request: { serving: { isServerless: true } } },
    ],
    ['manifest', 'uses the containerd image store', { store: 'overlayfs' }],
    ['labels', `does not have the label ${MULTI_MODEL}=true`, { request: { serving: { isMultiModel: true } } }],
    [
      'labels',
      `does not have the label ${MULTI_MODEL}=true`,
      { info: { labels: { [MULTI_MODEL]: 'false' } }, request: { serving: { isMultiModel: true } } },
    ],
    ['labels', 'accept-bind-to-port=true', { request: { serving: { isPipeline: true } } }],
    [
      'gpu-driver',
      'contains an NVIDIA driver',
      { files: { 'usr/lib/x86_64-linux-gnu/libcuda.so.535.54.03': '' }, request: { isGpu: true } },
    ],
    [
      'gpu-driver',
      'contains an NVIDIA driver',
      {
        files: { 'usr/lib64/libnvidia-ml.so.535.54.03': '' },
        info: { environment: { CUDA_VERSION: '12.4' } },
      },
    ],
    ['user', 'runs as user "app"', { info: { user: 'app' } }],
    ['image-credentials', '(AWS_PROFILE)', { info: { environment: { AWS_PROFILE: 'mine' } } }],
    ['image-credentials', '(/root/.aws/credentials)', { files: { 'root/.aws/credentials': '[default]' } }],
  ])('find with the check "%s" that the image %s', async (id, message, image) => {
    const result = await checkImage(image);
    expect(result.findings.map((finding) => [finding.id, finding.message])).toEqual([
      [id, expect.stringContaining(message)],
    ]);
  });

  test.each<[string, Image]>([
    ['whose size is the limit', { info: { sizeBytes: 10 * GIB }, request: { serving: { isServerless: true } } }],
    ['with a variable for credentials that is empty', { info: { environment: { AWS_PROFILE: '' } } }],
    ...['0', 'root', '0:0', 'root:root'].map((user): [string, Image] => [`that runs as ${user}`, { info: { user } }]),
    [
      'whose shell runs a script with the arguments',
      { info: { entrypoint: ['/bin/sh', '-e', '/opt/program/run.sh'] } },
    ],
  ])('find nothing in an image %s', async (_, image) => {
    expect(findingIds(await checkImage(image))).toEqual([]);
  });

  test.each<[string, Record<string, string>, string[]]>([
    ['find an archive with an OCI manifest only', { 'index.json': OCI_INDEX }, ['manifest']],
    [
      'accept an archive of `docker save`, which is loaded',
      { 'index.json': OCI_INDEX, 'manifest.json': '[{"Config":"c"}]' },
      [],
    ],
  ])('%s', async (_, files, expected) => {
    const directory = directoryWith(files);
    const archive = `${directory}/image.tar`;
    await tar.create({ file: archive, cwd: directory }, Object.keys(files));
    const subject = subjectOf({ source: archive });
    const result = await withRun(new CheckEngine(), (run) => checkIn(run, subject, { only: ['manifest'] }));
    expect(findingIds(result)).toEqual(expected);
  });

  test.each([
    ['a program', 'opt/ml/plumber.R', 'image has files below /opt/ml, which SageMaker reserves'],
    ['a model', 'opt/ml/model/weights.bin', 'image contains a model in /opt/ml/model'],
  ])('only warn about %s below /opt/ml, which works as long as no mount hides it', async (_, file, message) => {
    const { findings } = await checkImage({ files: { [file]: '' } });
    expect(findings.map((finding) => [finding.severity, finding.message, finding.evidence])).toEqual([
      ['warning', expect.stringContaining(message), [`/${file}`]],
    ]);
  });

  test('name an image that was built as the user does: by its directory and stage', async () => {
    const engine = new CheckEngine();
    engine.imageInfo = { user: 'app' };
    const source = directoryWith({ Dockerfile: 'FROM scratch' });
    const named = async (request: Omit<CheckRequest, 'source'>): Promise<string[]> => {
      const subject = subjectOf({ source, ...request });
      const { findings } = await withRun(engine, (run) => checkIn(run, subject, { only: ['user'] }));
      return findings.map(({ message }) => message.split(' runs as')[0]);
    };
    expect(await named({})).toEqual([source]);
    expect(await named({ training: false, inferenceTarget: 'inference' })).toEqual([`${source} (stage inference)`]);
  });

  test('accept the programs of the training toolkit below /opt/ml/code', async () => {
    expect(findingIds(await checkImage({ files: { 'opt/ml/code/train.py': '' } }))).toEqual([]);
  });

  test('accept an image with the label of its kind of endpoint', async () => {
    const result = await checkImage({
      info: { labels: { [MULTI_MODEL]: 'true' } },
      request: { serving: { isMultiModel: true } },
    });
    expect(outcomeOf(result, 'labels')?.status).toBe('passed');
  });

  test('skip the check of the size if the endpoint is not serverless', async () => {
    const result = await checkImage({ info: { sizeBytes: 20 * GIB } });
    expect(outcomeOf(result, 'image-size')).toMatchObject({ status: 'skipped' });
  });
});
