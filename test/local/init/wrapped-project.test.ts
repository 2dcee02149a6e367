import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { transpileModule } from 'typescript';
import { describe as read, withDefaults, wrappedProject } from '../../../local/init';
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
    expect(notes).toEqual(['Replace deployment/data/train/sample.csv with sample data.']);
  });

  test('whose base images are build arguments has the programs in them, and stages with names in any case', () => {
    const dockerfile =
      'ARG TAG=2\nARG BASE=example.com/PyTorch-Training\nFROM ${BASE}:$TAG AS Training\nEXPOSE 8080/TCP\n' +
      'FROM example.com/pytorch-inference AS Inference\n';
    const directory = write(newDirectory(), { Dockerfile: dockerfile, 'ping.py': '"/ping"' });
    const existing = read(directory);
    expect(existing.dockerfile?.baseImages).toEqual([
      'example.com/PyTorch-Training:2',
      'example.com/pytorch-inference',
    ]);
    const options = { ...withDefaults({ app: 'typescript' }), name: 'churn' };
    const { notes, checkOptions } = wrappedProject(directory, existing, options);
    expect(checkOptions).toContain('--training-target Training --inference-target Inference');
    expect(notes).toEqual(['Replace deployment/data/train/sample.csv with sample data.']);
  });

  test('whose Dockerfile has here-documents and quotation marks is read as Docker reads it', () => {
    const directory = write(newDirectory(), {
      Dockerfile:
        'ARG BASE="python:3.12"\nFROM "$BASE" AS base\nRUN <<EOF\nFROM other AS x\nEXPOSE 1\n# train\nEOF\nFROM \'base\'\nEXPOSE 8080\n',
    });
    const { dockerfile, hasTrain } = read(directory);
    expect(dockerfile).toMatchObject({ baseImages: ['python:3.12', 'base'], stages: ['base'], ports: ['8080'] });
    expect(hasTrain).toBe(false);
  });

  test('that only serves another protocol gets notes about what SageMaker requires', () => {
    const { files, notes } = wrapped('web', 'typescript');
    expect(notes).toEqual([
      'No program `train` was found, which SageMaker starts for training. Put an executable with this name on the PATH of the image, or let its ENTRYPOINT handle the argument.',
      'No program `serve` was found, which SageMaker starts for inference: the app only trains. Put an executable with this name on the PATH of the image, or let its ENTRYPOINT handle the argument.',
      'SageMaker starts the image with the argument `train` or `serve` instead of its CMD (["python", "app.py"]).',
      'Add "deployment" to .dockerignore: it is not part of the image.',
      'Replace deployment/data/train/sample.csv with sample data.',
    ]);
    expect(files['deployment/lib/images.ts']).toContain('AlgorithmImages.trainingOnly');
  });

  test('with a server on another port, without /ping and with an ENTRYPOINT in the shell form gets a note about each', () => {
    expect(wrapped('server', 'typescript').notes).toEqual([
      expect.stringContaining('No program `train` was found'),
      'ENTRYPOINT python /app/main.py serve ignores the argument `train` or `serve`. Use the exec form ["…"].',
      'No program contains /ping, the path of health checks, which must respond with 200 within 2 seconds.',
      'The image exposes port 5000. SageMaker sends requests to port 8080, or to that in SAGEMAKER_BIND_TO_PORT.',
      'Replace deployment/data/train/sample.csv with sample data.',
    ]);
  });

  test('that is a training script gets a container and an app with its hyperparameters and channels', () => {
    const { files, notes } = wrapped('script', 'typescript');
    expect(Object.keys(files).filter((file) => !file.startsWith('deployment/'))).toEqual([
      '.dockerignore',
      '.gitattributes',
      'train',
      'Dockerfile',
    ]);
    expect(files.Dockerfile).not.toContain('requirements.txt');
    expect(files['deployment/lib/algorithm.ts']).toContain(`  hyperparameters: [
    sagemaker.Hyperparameter.freeText('epochs', { defaultValue: '10' }),
    sagemaker.Hyperparameter.freeText('learning-rate', { defaultValue: '1e-3' }),
    sagemaker.Hyperparameter.freeText('optimizer', { defaultValue: 'adam' }),
    sagemaker.Hyperparameter.freeText('seed'),
    sagemaker.Hyperparameter.categorical('verbose', { values: ['false', 'true'], defaultValue: 'false' }),
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
    expect(Object.keys(files)).toEqual(['.dockerignore', '.gitattributes', 'train', 'Dockerfile']);
  });
});

test.each([
  [
    '* text=auto\n',
    ['Add "train text eol=lf" to .gitattributes: Linux cannot run a program with Windows line endings.'],
  ],
  ['*.py text\n* text eol=lf\n', []],
])('The .gitattributes of a repository is kept, and a note names the line that it lacks: %j', (content, notes) => {
  const directory = write(newDirectory(), { 'train.py': '', '.gitattributes': content });
  const project = wrappedProject(directory, read(directory), { ...withDefaults({ app: 'none' }), name: 'churn' });
  expect([...project.files.keys()]).toEqual(['.dockerignore', 'train', 'Dockerfile']);
  expect(project.notes.slice(1)).toEqual(notes);
});

describe('The arguments of a training script', () => {
  const readScript = (script: string): ReturnType<typeof read> => read(write(newDirectory(), { 'train.py': script }));
  const readArguments = (...args: string[]): [string, string | undefined][] => [
    ...readScript(args.map((text) => `parser.add_argument(${text})\n`).join('')).hyperparameters,
  ];

  test('have the default values that are literals, as Python reads them', () => {
    const args = [
      `'--epochs', default=1_000`,
      `'--rate', default=1E-3`,
      `'--scale', default=-.5e+3`,
      String.raw`'--quote', default='it\'s "new"'`,
      String.raw`'--path', default=r"a\b"`,
      `'--empty', default=''`,
    ];
    expect(readArguments(...args)).toEqual([
      ['epochs', '1000'],
      ['rate', '1E-3'],
      ['scale', '-.5e+3'],
      ['quote', `it's "new"`],
      ['path', String.raw`a\b`],
      ['empty', ''],
    ]);
  });

  test('have no default value if it is an expression, or text with escapes or line breaks', () => {
    const values = ['2**10', '10 * 2', '0x10', '3 if x else 4', `'a' 'b'`, `'a%s' % x`, `f'{x}'`, 'None', '[1, 2]'];
    const texts = [String.raw`'a\nb'`, `"""a\nb"""`, `'a\\\nb'`];
    const args = [...values, ...texts].map((value, index) => `'--a${index}', default=${value}`);
    expect(readArguments(...args).map(([, value]) => value)).toEqual(args.map(() => undefined));
  });

  test('are found in code only, whatever their other options contain', () => {
    const { hyperparameters, channels } = readScript(`
# parser.add_argument('--old', default=os.environ['SM_CHANNEL_OLD'])
parser.add_argument('--rate', help='a rate :( (default=0.1), not of os.environ', default=0.2)  # was 0.3
parser.add_argument('-b', '--batch', type=lambda x: int(round(float(x))), default=8)
data = os.environ['SM_CHANNEL_TRAIN']`);
    expect([...hyperparameters]).toEqual([
      ['rate', '0.2'],
      ['batch', '8'],
    ]);
    expect(channels).toEqual(['train']);
  });

  test('are no hyperparameters if they have no value', () => {
    const actions = ['argparse.BooleanOptionalAction', `'count'`, `'version'`, `'store_const'`];
    expect(readArguments(...actions.map((action) => `'--a', action=${action}, default=1`), `'file'`)).toEqual([]);
    expect(readArguments(`'--names', action='append', default='x'`)).toEqual([['names', 'x']]);
  });

  test('are named in a note if they have a position and are required', () => {
    const args = [
      `'data'`,
      `"rows", nargs='+'`,
      `'--rate', default=1`,
      `'extra', nargs='?'`,
      `'rest', nargs=argparse.REMAINDER`,
    ];
    const script = args.map((text) => `parser.add_argument(${text})\n`).join('');
    const directory = write(newDirectory(), { 'train.py': script });
    const notesOf = (): string[] =>
      wrappedProject(directory, read(directory), { ...withDefaults({ app: 'none' }), name: 'churn' }).notes;
    const note = (name: string): string =>
      `train.py requires the positional argument \`${name}\`, but hyperparameters are passed by name (--NAME VALUE): the training would ` +
      `fail. Make it an option with a default value, for a path that of its variable: add_argument("--${name}", ` +
      'default=os.environ.get("SM_CHANNEL_TRAIN")).';
    expect(notesOf().slice(1)).toEqual([note('data'), note('rows')]);
    write(directory, { Dockerfile: 'FROM alpine\nENTRYPOINT ["train", "serve"]\n' });
    expect(notesOf().join()).not.toContain('positional');
  });
});

describe('The code of a script with unusual names and values', () => {
  const codeOf = (app: string, file: string): string => {
    const directory = write(newDirectory(), {
      'train.py': String.raw`
add_argument('--text', default="'; process.exit(1); \"\\ '''")
data = os.environ['SM_CHANNEL_2024_DATA']`,
      "data/2024_data/it's.csv": '1',
    });
    const { files } = wrappedProject(directory, read(directory), { ...withDefaults({ app }), name: 'churn' });
    return String(files.get(`deployment/${file}`));
  };

  test('is valid TypeScript with the same text', () => {
    const code = codeOf('typescript', 'lib/algorithm.ts');
    expect(transpileModule(code, { reportDiagnostics: true }).diagnostics).toEqual([]);
    expect(code).toContain(String.raw`freeText('text', { defaultValue: '\'; process.exit(1); "\\ \'\'\'' })`);
    expect(code).toContain(String.raw`'2024_data': sagemaker.TrainingInput.fromAsset('../data/2024_data/it\'s.csv'),`);
  });

  test('is Python with the same text', () => {
    const code = codeOf('python', 'infrastructure/algorithm.py');
    expect(code).toContain(String.raw`free_text("text", default_value="'; process.exit(1); \"\\ '''")`);
  });
});

test('A directory with another Dockerfile in a folder is not an algorithm', () => {
  const directory = write(newDirectory(), {
    'docker/Dockerfile': 'FROM debian\n',
    'main.py': '',
  });
  expect(read(directory)).toMatchObject({ dockerfile: undefined, hasScript: false });
});
