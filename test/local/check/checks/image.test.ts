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
    ['entrypoint', 'is in shell form', { info: { entrypoint: ['/bin/sh', '-c', 'python3 main.py'] } }],
    ['init-process', 'is /sbin/tini, an init process', { info: { entrypoint: ['/sbin/tini', '--', 'main'] } }],
    ['reserved-paths', 'declares the volume /opt/ml/model', { info: { volumes: ['/opt/ml/model'] } }],
    ['reserved-paths', 'has files below /opt/ml', { files: { 'opt/ml/program.py': '' } }],
    [
      'image-size',
      'is 10.5 GiB, and the limit for serverless endpoints is 10 GiB',
      { info: { sizeBytes: 10.5 * GIB }, request: { serving: { isServerless: true } } },
    ],
    ['manifest', 'uses the containerd image store', { store: 'overlayfs' }],
    ['labels', `does not have the label ${MULTI_MODEL}=true`, { request: { serving: { isMultiModel: true } } }],
    ['labels', 'accept-bind-to-port=true', { request: { serving: { isPipeline: true } } }],
    [
      'gpu-driver',
      'contains an NVIDIA driver',
      { files: { 'usr/lib/x86_64-linux-gnu/libcuda.so.535.54.03': '' }, request: { isGpu: true } },
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
