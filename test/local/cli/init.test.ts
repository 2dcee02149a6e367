import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { write } from '../init/projects';
import { PROGRAM, byoa } from './byoa';

const newDirectory = (): string => mkdtempSync(path.join(tmpdir(), 'cli-init-'));

/** Runs `byoa init` in a directory, without a terminal. */
const init = (cwd: string, ...args: string[]): ReturnType<typeof byoa> => byoa(['init', ...args], { cwd });

describe('`byoa init NAME`', () => {
  test('creates a project with the defaults, and prints the next commands', async () => {
    const cwd = newDirectory();
    const { code, stdout, stderr } = await init(cwd, 'churn');
    expect(stdout.replace(/\d+ files/, 'N files')).toBe(
      'Created the directory churn with N files (--language python --framework plain --layout combined --app typescript --serving realtime).\n\n' +
        'Next, as in churn/README.md:\n  cd churn\n  npm install\n  npm run check\n  npm start\n',
    );
    expect([code, stderr, readdirSync(cwd)]).toEqual([0, '', ['churn']]);
    expect(readFileSync(path.join(cwd, 'churn', 'bin', 'app.ts'), 'utf8')).toContain(
      "new AlgorithmStack(new App(), 'churn');",
    );
  });

  test('uses an empty directory', async () => {
    const cwd = newDirectory();
    execFileSync('mkdir', [path.join(cwd, 'churn')]);
    expect((await init(cwd, 'churn', '--language', 'go', '--app', 'none', '--yes')).code).toBe(0);
    expect(readdirSync(path.join(cwd, 'churn', 'algorithm'))).toContain('go.mod');
  });

  test('lists all invalid options at once, and writes nothing', async () => {
    const cwd = newDirectory();
    const options = [
      '--language',
      'go',
      '--framework',
      'keras',
      '--layout',
      'one',
      '--app',
      'java',
      '--serving',
      'multi-model',
    ];
    const { code, stdout, stderr } = await init(cwd, '../Churn', ...options, '--force');
    expect(stderr)
      .toBe(`error: NAME must start with a lowercase letter and consist of at most 63 lowercase letters, digits and hyphens, since the directory, the npm package and the stack have this name, got: "../Churn". Choose a name such as "my-algorithm"
error: --framework must be one of plain, scikit-learn, pytorch, xgboost, got: "keras"
error: --layout must be one of combined, split, got: "one"
error: --app must be one of typescript, python, none, got: "java"
error: --framework requires --language python, got: --language go. Omit --framework
error: --serving multi-model requires --language python, since only its server loads several models, got: --language go
error: --force requires --here: a new project does not replace files
`);
    expect([code, stdout, readdirSync(cwd)]).toEqual([2, '', []]);
  });

  test('rejects asynchronous inference without an app, which defines the endpoint', async () => {
    const { code, stderr } = await init(newDirectory(), 'churn', '--app', 'none', '--serving', 'async');
    expect(stderr).toBe(
      'error: --serving async requires a CDK app, since only the endpoint differs from that of --serving realtime, got: --app none. Use --serving realtime\n',
    );
    expect(code).toBe(2);
  });

  test('requires a name without a terminal', async () => {
    const { code, stderr } = await init(newDirectory(), '--yes');
    expect([code, stderr]).toEqual([2, 'error: NAME is required, for example: byoa init my-algorithm\n']);
  });

  test.each([
    ['a directory with files', { 'churn/mine.txt': 'mine' }],
    ['a file', { churn: 'mine' }],
  ])('rejects the name of %s', async (_, files) => {
    const cwd = write(newDirectory(), files);
    const { code, stderr } = await init(cwd, 'churn');
    expect(stderr).toBe(
      'error: NAME must not be an existing file or a directory with files, got: "churn". Choose another name, or run `byoa init --here` in the directory to add a CDK app to its algorithm\n',
    );
    expect(code).toBe(2);
  });

  test('on a disk that gets full writes nothing', () => {
    const cwd = newDirectory();
    // The largest file that the process may write is smaller than the training data, as on a full disk.
    const command = `ulimit -f 50; exec ${process.execPath} ${PROGRAM} init churn`;
    const { status, stderr } = spawnSync('bash', ['-c', command], { cwd, encoding: 'utf8' });
    expect(stderr).toBe('error: nothing was written: EFBIG: file too large, write\n');
    expect([status, readdirSync(cwd)]).toEqual([1, []]);
  });

  test('in a directory that cannot be written fails with the reason', async () => {
    const { code, stderr } = await init('/proc/self/task', 'churn');
    expect(stderr).toMatch(/^error: nothing was written: E[A-Z]+: .*mkdtemp '\/proc\/.*'\n$/);
    expect(code).toBe(1);
  });
});

describe('`byoa init --here`', () => {
  const TRAIN = { 'train.py': 'print("train")\n' };

  test('adds an app to a training script, and prints what it adds, what is missing and the next command', async () => {
    const cwd = write(newDirectory(), TRAIN);
    const { code, stdout, stderr } = await init(cwd, 'churn', '--here');
    expect(stdout).toContain(
      'Found: train.py. It stays as it is.\nadd      .dockerignore\nadd      .gitattributes\nadd      Dockerfile\nadd      deployment/.gitignore\n',
    );
    expect(stdout).toContain('\nNext, as in deployment/README.md:\n  cd deployment\n  npm install\n  npm run check\n');
    expect(stderr).toBe(
      'note: Nothing serves the model: the app only trains it.\nnote: Replace deployment/data/train/sample.csv with sample data.\n',
    );
    expect(code).toBe(0);
    expect(readFileSync(path.join(cwd, 'train.py'), 'utf8')).toBe(TRAIN['train.py']);
  });

  test('without an app prints the command that checks the stages of the Dockerfile, with the name of the package', async () => {
    const cwd = write(newDirectory(), {
      Dockerfile: 'FROM debian AS training\nCOPY train /bin/\nFROM debian AS inference\nCOPY serve /bin/\n',
      train: '',
      serve: '/ping',
    });
    const { code, stdout } = await init(cwd, 'churn', '--here', '--app', 'none', '--serving', 'serverless');
    expect(stdout).toContain(
      '\nNext:\n  npx -p cdk-sagemaker-algorithm byoa check . --training-target training --inference-target inference --channel train=DIR --serverless --request FILE\n',
    );
    expect(code).toBe(0);
  });

  test('repeated without a change writes nothing', async () => {
    const cwd = write(newDirectory(), {
      Dockerfile: 'FROM debian\nCOPY train serve /bin/\n',
      train: '',
      serve: '/ping',
    });
    expect((await init(cwd, 'churn', '--here')).code).toBe(0);
    const { code, stdout } = await init(cwd, 'churn', '--here');
    expect(stdout).toBe(
      'Found: a Dockerfile (FROM debian, train, serve). It stays as it is.\n\nNext, as in deployment/README.md:\n  cd deployment\n  npm install\n  npm run check\n',
    );
    expect(code).toBe(0);
  });

  test('keeps the data that has replaced the sample, also with --force', async () => {
    const cwd = write(newDirectory(), { ...TRAIN, 'deployment/data/train/sample.csv': 'mine' });
    const { code, stderr } = await init(cwd, 'churn', '--here', '--force');
    expect([code, stderr]).toEqual([0, 'note: Nothing serves the model: the app only trains it.\n']);
    expect(readFileSync(path.join(cwd, 'deployment/data/train/sample.csv'), 'utf8')).toBe('mine');
  });

  test('lists the files that exist with other content, and replaces them with --force only', async () => {
    const cwd = write(newDirectory(), { ...TRAIN, train: 'mine', 'deployment/cdk.json': 'mine' });
    const { code, stdout, stderr } = await init(cwd, 'churn', '--here');
    expect(stderr).toBe(
      'error: nothing was written. These files exist with other content; --force replaces them:\n  deployment/cdk.json\n  train\n',
    );
    expect([code, stdout, readdirSync(cwd).sort()]).toEqual([1, '', ['deployment', 'train', 'train.py']]);

    const forced = await init(cwd, 'churn', '--here', '--force');
    expect(forced.stdout).toContain('replace  deployment/cdk.json\nreplace  train\n');
    expect(readFileSync(path.join(cwd, 'train'), 'utf8')).toMatch(/^#!/);
  });

  test('never replaces a directory with training data by the program of the same name', async () => {
    const cwd = write(newDirectory(), { ...TRAIN, 'train/rows.csv': '1,2' });
    const { code, stdout, stderr } = await init(cwd, 'churn', '--here', '--force');
    expect(stderr).toBe(
      'error: nothing was written. A file has the name of a directory to write, or the reverse. Rename or move it:\n  train\n',
    );
    expect([code, stdout, readFileSync(path.join(cwd, 'train', 'rows.csv'), 'utf8')]).toEqual([1, '', '1,2']);
  });

  test.each(['Dockerfile', 'train.py'])(
    'does not regard a directory with the name %s as an algorithm',
    async (name) => {
      const cwd = write(newDirectory(), { [`${name}/README.md`]: 'mine' });
      const { code, stderr } = await init(cwd, 'churn', '--here');
      expect(stderr).toContain('error: --here requires a Dockerfile or a train.py in the current directory');
      expect(code).toBe(2);
    },
  );

  test('without an algorithm names the command for a new project', async () => {
    const cwd = newDirectory();
    const { code, stderr } = await init(cwd, 'churn', '--here');
    expect(stderr).toBe(
      `error: --here requires a Dockerfile or a train.py in the current directory, got: ${cwd}. Use \`byoa init NAME\` for a new project\n`,
    );
    expect([code, readdirSync(cwd)]).toEqual([2, []]);
  });

  test('rejects options of the algorithm, which exists', async () => {
    const options = ['--here', '--language', 'python', '--framework', 'plain', '--layout', 'split'];
    const { stderr } = await init(write(newDirectory(), TRAIN), ...options);
    expect(stderr.split('\n').slice(0, -1)).toEqual(
      ['language', 'framework', 'layout'].map(
        (choice) => `error: --${choice} must not be used with --here, which uses the algorithm of the directory`,
      ),
    );
  });
});
