import { createReadStream, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { pack } from '../../../../local/container';
import { type Inside, serving } from '../../fake-engine';
import { OUTPUT, ROLE, controlPlane, trainingJob } from './control-plane';

const CODE = '/opt/ml/code';
const LOCATION = 's3://data/code/sourcedir.tar.gz';

/** A service whose containers log their script, and return it. */
async function plane(): Promise<ReturnType<typeof controlPlane>> {
  const script = (inside: Inside): string =>
    inside.spec.mounts?.some(({ target }) => target === CODE)
      ? readFileSync(inside.host(`${CODE}/program.py`), 'utf8')
      : 'none';
  const service = controlPlane(
    serving((inside) => {
      inside.print(script(inside));
      return inside.spec.command.includes('serve') ? { listener: (_, response) => void response.end('') } : 0;
    }),
  );
  const directory = mkdtempSync(path.join(tmpdir(), 'script-'));
  writeFileSync(path.join(directory, 'program.py'), 'the script');
  const archive = path.join(mkdtempSync(path.join(tmpdir(), 'archive-')), 'sourcedir.tar.gz');
  await pack(directory, archive);
  await service.s3.put('data', 'code/sourcedir.tar.gz', createReadStream(archive));
  return service;
}

const messages = ({ logs }: ReturnType<typeof controlPlane>, name: string): string[] =>
  logs.of(name).map(({ event }) => event.message);

describe('The container of a training job', () => {
  test.each([
    ['has the script of the hyperparameter `sagemaker_submit_directory` at /opt/ml/code', LOCATION, 'the script'],
    ['has it also if the client encodes the hyperparameter as JSON', JSON.stringify(LOCATION), 'the script'],
    ['keeps the script of its image if the hyperparameter is a path in the image', '/opt/ml/code', 'none'],
  ])('%s', async (_, location, expected) => {
    const service = await plane();
    const HyperParameters = { sagemaker_program: 'program.py', sagemaker_submit_directory: location };
    service.call('CreateTrainingJob', { ...trainingJob('job'), HyperParameters });
    await service.changes.ended('job');
    expect(messages(service, 'job')).toEqual([expected]);
    expect(service.call('DescribeTrainingJob', { TrainingJobName: 'job' })).toMatchObject({ HyperParameters });
  });

  test('does not start if the script does not exist', async () => {
    const service = await plane();
    const HyperParameters = { sagemaker_submit_directory: 's3://data/none.tar.gz' };
    service.call('CreateTrainingJob', { ...trainingJob('job'), HyperParameters });
    await service.changes.ended('job');
    expect(service.call('DescribeTrainingJob', { TrainingJobName: 'job' })).toMatchObject({
      FailureReason: expect.stringContaining('none.tar.gz') as string,
    });
  });
});

describe('The container of a model', () => {
  test.each([
    ['has the script of the variable `SAGEMAKER_SUBMIT_DIRECTORY` at /opt/ml/code', LOCATION, 'the script'],
    ['keeps the script of its model if the variable is a path in the model', '/opt/ml/model/code', 'none'],
  ])('%s', async (_, location, expected) => {
    const service = await plane();
    const Environment = { SAGEMAKER_PROGRAM: 'program.py', SAGEMAKER_SUBMIT_DIRECTORY: location };
    service.call('CreateModel', {
      ModelName: 'model',
      ExecutionRoleArn: ROLE,
      PrimaryContainer: { Image: 'churn:1', Environment },
    });
    service.call('CreateTransformJob', {
      TransformJobName: 'job',
      ModelName: 'model',
      TransformInput: { DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://data/code/' } } },
      TransformOutput: OUTPUT,
      TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
    });
    await service.changes.ended('job');
    expect(messages(service, 'job')).toEqual([expected]);
  });
});
