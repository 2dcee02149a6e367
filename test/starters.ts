import { cpSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { type CheckRequest, type CheckResult, checkImage } from '../local/check';
import { DockerEngine, MultiModel, type Run, serve, train, withRun } from '../local/container';
import { NoResponse, sendRequest } from '../local/http';

const ASSETS = path.join(__dirname, '..', 'assets');
const LANGUAGES = path.join(ASSETS, 'starters', 'languages');
const DATA = path.join(ASSETS, 'breast-cancer', 'data');
const REQUEST = readFileSync(path.join(DATA, 'request.csv'), 'utf8');

/** The folders whose files are copied over those of the language. */
const OVERLAYS = ['frameworks', 'multi-model'];

export interface Starter {
  readonly name: string;

  /** The folders whose files make up the algorithm: the later ones replace files of the earlier ones. */
  readonly folders: string[];

  readonly isMultiModel?: boolean;

  /** So many that a check can stop the training, which is faster in some languages. */
  readonly epochs: number;

  /** Whether it is another algorithm than that which all languages have in common. */
  readonly isFramework?: boolean;
}

export const PYTHON: Starter = {
  name: 'python, plain',
  folders: ['python', 'python/frameworks/plain'],
  epochs: 300,
};

export const STARTERS: Starter[] = [
  PYTHON,
  ...[
    { framework: 'scikit-learn', epochs: 200 },
    { framework: 'pytorch', epochs: 60 },
    { framework: 'xgboost', epochs: 60 },
  ].map(({ framework, epochs }) => ({
    name: `python, ${framework}`,
    folders: ['python', `python/frameworks/${framework}`],
    epochs,
    isFramework: true,
  })),
  { ...PYTHON, name: 'python, multi-model', folders: [...PYTHON.folders, 'python/multi-model'], isMultiModel: true },
  { name: 'node', folders: ['node'], epochs: 1000 },
  { name: 'go', folders: ['go'], epochs: 4000 },
  { name: 'rust', folders: ['rust'], epochs: 8000 },
  { name: 'r', folders: ['r'], epochs: 500 },
];

export type Layout = 'combined' | 'split';

const TARGETS: Record<Layout, { readonly trainingTarget?: string; readonly inferenceTarget?: string }> = {
  combined: {},
  split: { trainingTarget: 'training', inferenceTarget: 'inference' },
};

const CHANNELS = ['train', 'validation'].map((name) => ({
  name,
  contentType: 'text/csv',
  directory: path.join(DATA, name),
}));

const METRICS = ['train:loss', 'validation:accuracy'].map((name) => ({ name, regex: `${name}=([0-9.]+);` }));

/** The directory of an algorithm, as a new project has it. */
export function compose({ folders }: Starter): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'starter-'));
  for (const folder of folders) {
    const from = path.join(LANGUAGES, folder);
    const isOverlay = (file: string): boolean => file !== from && OVERLAYS.includes(path.basename(file));
    cpSync(from, directory, { recursive: true, filter: (file) => !isOverlay(file) });
  }
  return directory;
}

/** Checks an algorithm with all checks. */
export function checkStarter(source: string, { epochs, isMultiModel }: Starter, layout: Layout): Promise<CheckResult> {
  const request: CheckRequest = {
    source,
    ...TARGETS[layout],
    training: {
      channels: CHANNELS,
      metrics: METRICS,
      hyperparameters: { epochs: String(epochs), learning_rate: '0.1' },
    },
    serving: {
      isMultiModel,
      requests: [{ file: path.join(DATA, 'request.csv'), contentType: 'text/csv' }],
      accepts: isMultiModel === true ? undefined : ['application/json', 'text/csv'],
    },
  };
  return checkImage(request);
}

export interface Outcome {
  /** The accuracy after the last epoch. */
  readonly accuracy: number;

  /** The predictions for the sample request, in each content type. */
  readonly predictions: Record<'text/csv' | 'application/json', Prediction[]>;
}

export interface Prediction {
  readonly label: string;
  readonly probability: number;
}

const engine = new DockerEngine();

/** Trains with the default hyperparameters, and invokes the model. */
export async function trainAndInvoke(source: string, starter: Starter, layout: Layout): Promise<Outcome> {
  const build = (target?: string): Promise<string> =>
    engine.build({ directory: source, target, platform: 'linux/amd64' }, () => undefined);
  const { trainingTarget, inferenceTarget } = TARGETS[layout];
  const image = await build(trainingTarget);
  const inferenceImage = await build(inferenceTarget);
  return withRun(engine, async (run) => {
    const job = { image, jobName: 'job', outputDirectory: run.directory(), channels: CHANNELS, metrics: METRICS };
    const { modelArtifact, metrics } = await train(run, job);
    const { value: accuracy } = metrics.filter(({ name }) => name === 'validation:accuracy').at(-1)!;
    const url = await serveModel(run, inferenceImage, modelArtifact!, starter);
    const instances = REQUEST.trim()
      .split('\n')
      .map((line) => line.split(',').map(Number));
    return {
      accuracy,
      predictions: {
        'text/csv': await predict(url, 'text/csv', REQUEST),
        'application/json': await predict(url, 'application/json', JSON.stringify({ instances })),
      },
    };
  });
}

/** The URL for invocations of the model. */
async function serveModel(run: Run, image: string, model: string, { isMultiModel }: Starter): Promise<string> {
  if (isMultiModel !== true) return `${(await serve(run, { image, model })).url}/invocations`;
  const models = run.directory();
  const { url } = await serve(run, { image, models, environment: { SAGEMAKER_MULTI_MODEL: 'true' } });
  return new MultiModel(url, models, () => model).urlOf('model.tar.gz');
}

async function predict(url: string, contentType: string, text: string): Promise<Prediction[]> {
  const headers = { 'Content-Type': contentType };
  const response = await sendRequest(url, { method: 'POST', headers, body: Buffer.from(text), timeoutSeconds: 60 });
  if (response instanceof NoResponse) throw response;
  const { predictions } = JSON.parse(response.body.toString()) as { predictions: Prediction[] };
  return predictions;
}

/** The predictions for the sample request. All starters without a framework are the same algorithm. */
export function expectedPredictions({ isFramework }: Starter): Prediction[] {
  return [
    { label: 'benign', probability: 0.99802403340266 },
    { label: 'benign', probability: 0.99999337049306 },
    { label: 'benign', probability: 0.99999975286915 },
    { label: 'malignant', probability: 6.18827098453e-8 },
    { label: 'benign', probability: 0.9992678224854 },
  ].map(({ label, probability }) => ({
    label,
    probability: (isFramework === true ? expect.any(Number) : expect.closeTo(probability, 9)) as number,
  }));
}
