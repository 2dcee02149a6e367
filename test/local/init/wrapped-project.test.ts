import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { describe as read } from '../../../local/init';
import { write } from './projects';
import { type Wrapped, wrapped as wrappedIn } from './repositories';

const newDirectory = (): string => mkdtempSync(path.join(tmpdir(), 'init-'));
const wrapped = (name: string, app: string, serving?: string): Wrapped => wrappedIn(newDirectory(), name, app, serving);

describe('An existing algorithm', () => {
  test('with `train` and `serve` in one image gets an app for one image, and keeps its files', () => {
    const { files, notes } = wrapped('combined', 'typescript');
    expect(Object.keys(files).filter((file) => !file.startsWith('deployment/'))).toEqual([]);
    expect(files['deployment/lib/images.ts']).toContain(
      "AlgorithmImages.combined(ContainerImage.fromAsset('..', { exclude: ['deployment'] }))",
    );
    expect(files['deployment/lib/algorithm.ts']).toContain(
      "train: sagemaker.TrainingInput.fromAsset('../data/train/rows.csv')",
    );
    expect(files['deployment/package.json']).toContain('"byoa check .. --channel train=../data/train"');
    expect(notes).toEqual([]);
  });

  test('with a stage for training and one for inference gets an app for separate images', () => {
    const { files, notes } = wrapped('stages', 'typescript', 'serverless');
    expect(files['deployment/lib/images.ts']).toContain("{ target: 'training', exclude }");
    expect(files['deployment/lib/images.ts']).toContain("{ target: 'serving', exclude }");
    expect(files['deployment/package.json']).toContain(
      'byoa check .. --training-target training --inference-target serving --channel train=data/train --serverless',
    );
    expect(files['deployment/test/container.test.ts']).toContain('serving: { isServerless: true },');
    expect(files['.dockerignore']).toBe('.git\ndeployment\n');
    expect(notes).toEqual(['Replace deployment/data/train/sample.csv by sample data.']);
  });

  test('that only serves another protocol gets notes about what SageMaker requires', () => {
    const { files, notes } = wrapped('web', 'typescript');
    expect(notes).toEqual([
      'No program `train` was found, which SageMaker starts for training. Put an executable with this name on the PATH of the image, or let its ENTRYPOINT handle the argument.',
      'No program `serve` was found, which SageMaker starts for inference: the app only trains. Put an executable with this name on the PATH of the image, or let its ENTRYPOINT handle the argument.',
      'SageMaker starts the image with the argument `train` or `serve` instead of its CMD (["python", "app.py"]).',
      'Add "deployment" to .dockerignore: it is not part of the image.',
      'Replace deployment/data/train/sample.csv by sample data.',
    ]);
    expect(files['deployment/lib/images.ts']).toContain('AlgorithmImages.trainingOnly');
  });

  test('with a server on another port, without /ping and with an ENTRYPOINT in the shell form gets a note about each', () => {
    expect(wrapped('server', 'typescript').notes).toEqual([
      expect.stringContaining('No program `train` was found'),
      'ENTRYPOINT python /app/main.py serve ignores the argument `train` or `serve`. Use the exec form ["…"].',
      'No program contains /ping, the path of health checks, which must respond with 200 within 2 seconds.',
      'The image exposes port 5000. SageMaker sends requests to port 8080, or to that in SAGEMAKER_BIND_TO_PORT.',
      'Replace deployment/data/train/sample.csv by sample data.',
    ]);
  });

  test('that is a training script gets a container and an app with its hyperparameters and channels', () => {
    const { files, notes } = wrapped('script', 'typescript');
    expect(Object.keys(files).filter((file) => !file.startsWith('deployment/'))).toEqual([
      '.dockerignore',
      'train',
      'Dockerfile',
    ]);
    expect(files.Dockerfile).not.toContain('requirements.txt');
    expect(files['deployment/lib/algorithm.ts']).toContain(`  hyperparameters: [
    sagemaker.Hyperparameter.freeText('epochs', { defaultValue: '10' }),
    sagemaker.Hyperparameter.freeText('learning-rate', { defaultValue: '1e-3' }),
    sagemaker.Hyperparameter.freeText('optimizer', { defaultValue: 'adam' }),
    sagemaker.Hyperparameter.freeText('seed'),
  ],
  channels: [
    sagemaker.Channel.file('train'),
    sagemaker.Channel.file('test'),
  ],
`);
    expect(files['deployment/package.json']).toContain(
      '"byoa check .. --channel train=data/train --channel test=data/test --no-serving"',
    );
    expect(notes[0]).toBe('Nothing serves the model: the app only trains it.');
  });

  test('that is a training script with packages gets a container with them, and hyperparameters of Python', () => {
    const { files } = wrapped('script-with-requirements', 'python');
    expect(files.Dockerfile).toContain('RUN pip install');
    expect(files['deployment/infrastructure/algorithm.py']).toContain(`    "hyperparameters": [],
    "channels": [
        sagemaker.Channel.file("train"),
    ],
`);
    expect(files['deployment/infrastructure/images.py']).toContain(
      'AlgorithmImages.training_only(ContainerImage.from_asset("..", exclude=["deployment"]))',
    );
  });

  test('gets only what its container lacks if no app is written', () => {
    const { files } = wrapped('script', 'none');
    expect(Object.keys(files)).toEqual(['.dockerignore', 'train', 'Dockerfile']);
  });
});

test('A directory with another Dockerfile in a folder is not an algorithm', () => {
  const directory = write(newDirectory(), {
    'docker/Dockerfile': 'FROM debian\n',
    'main.py': '',
  });
  expect(read(directory)).toMatchObject({ dockerfile: undefined, hasScript: false });
});
