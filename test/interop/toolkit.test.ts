import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { execFileSync } from 'node:child_process';
import { addScript } from '../../lib/handlers/artifacts/add-script';
import { python } from './project';

const SCRIPT = `
import helper

def model_fn(model_dir, context=None):
    with open(model_dir + '/weight') as file:
        return float(file.read())

def transform_fn(model, data, content_type, accept, context=None):
    return helper.multiply(model, data)
`;

const archive = (directory: string): Buffer => execFileSync('tar', ['-cz', '-C', directory, '.']);

function directoryWith(files: Record<string, string>): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'toolkit-'));
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(directory, name), content);
  return directory;
}

test('The SageMaker inference toolkit runs a script that was added to a model artifact', async () => {
  const model = directoryWith({ weight: '3' });
  const script = directoryWith({
    'inference.py': SCRIPT,
    'helper.py':
      'def multiply(model, data):\n    return ",".join(str(model * float(value)) for value in data.split(","))\n',
  });
  const output = new PassThrough();
  const [artifact] = await Promise.all([
    buffer(output),
    addScript(Readable.from([archive(model)]), () => Promise.resolve(Readable.from([archive(script)])), output),
  ]);
  const base = directoryWith({});
  mkdirSync(path.join(base, 'model'));
  execFileSync('tar', ['-xz', '-C', path.join(base, 'model')], { input: artifact });
  const env = {
    ...process.env,
    SAGEMAKER_BASE_DIR: base,
    SAGEMAKER_PROGRAM: 'inference.py',
    SAGEMAKER_SUBMIT_DIRECTORY: path.join(base, 'model', 'code'),
  };
  const predict = (): string =>
    execFileSync(python('python'), [path.join(__dirname, 'toolkit.py'), '1,2'], { env, encoding: 'utf8' });
  expect(predict()).toContain('3.0,6.0');
});
