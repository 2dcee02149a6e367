import { CreateStackCommand, DescribeStackEventsCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { App, Stack, aws_s3 as s3 } from 'aws-cdk-lib';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import {
  ContainerImage,
  InstanceType,
  ProcessingInput,
  ProcessingJob,
  ProcessingOutput,
  ProcessingResources,
} from '../../../../../lib';
import type { Program } from '../../../fake-engine';
import { publish } from '../../cloud-assembly';
import { ServiceFixture } from '../../fixture';

const StackName = 'Churn';
const BUCKET = 'cdk-hnb659fds-assets-000000000000-us-east-1';
const RAW = '/opt/ml/processing/input/raw';
const CLEAN = '/opt/ml/processing/output/clean';
const REPORT = '/opt/ml/processing/output/report';

/** A job that prepares data, and a job that evaluates the prepared data. */
function churn(): App {
  const app = new App();
  const stack = new Stack(app, StackName);
  const data = s3.Bucket.fromBucketName(stack, 'Data', BUCKET);
  const common = {
    image: ContainerImage.fromAsset(path.join(__dirname, '../../../../fixtures/image'), { verify: false }),
    resources: ProcessingResources.of(InstanceType.ML_M5_XLARGE),
  };
  const prepare = new ProcessingJob(stack, 'Prepare', {
    ...common,
    arguments: ['prepare'],
    inputs: { raw: ProcessingInput.fromBucket(data, 'raw/') },
    outputs: { clean: ProcessingOutput.toNewBucket() },
  });
  new ProcessingJob(stack, 'Evaluate', {
    ...common,
    arguments: ['evaluate'],
    inputs: { raw: ProcessingInput.fromLocation(prepare.output('clean')) },
    outputs: { report: ProcessingOutput.toBucket(data, 'report') },
  });
  return app;
}

const service = ServiceFixture.forEachTest();

async function deploy(program: Program): Promise<string> {
  await service.restart({ program, enforceIam: true });
  await service.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'raw/rows.csv', Body: '1,2' }));
  const TemplateBody = JSON.stringify(await publish(service, churn(), StackName));
  await service.cloudformation.send(
    new CreateStackCommand({ StackName, TemplateBody, Capabilities: ['CAPABILITY_IAM'] }),
  );
  for (;;) {
    const { Stacks: [stack] = [] } = await service.cloudformation.send(new DescribeStacksCommand({ StackName }));
    if (!stack.StackStatus?.endsWith('_IN_PROGRESS')) return stack.StackStatus ?? '';
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('A stack with two processing jobs is created with the permissions of its roles, and the second job reads what the first one has written', async () => {
  const status = await deploy((inside) => {
    const [file] = readdirSync(inside.host(RAW));
    const text = readFileSync(inside.host(`${RAW}/${file}`), 'utf8');
    const target = inside.spec.command.includes('prepare') ? CLEAN : REPORT;
    writeFileSync(inside.host(`${target}/${file}`), `${text}!`);
    return 0;
  });
  expect(status).toBe('CREATE_COMPLETE');
  const { Contents = [] } = await service.s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: 'report/' }));
  expect(Contents.map(({ Key, Size }) => `${Key} ${Size}`)).toEqual(['report/rows.csv 5']);
});

test('A stack whose processing job fails is rolled back, with the message of the container as the reason', async () => {
  const status = await deploy((inside) => {
    writeFileSync(inside.host('/opt/ml/output/message'), 'no column "age"');
    return 1;
  });
  expect(status).toBe('ROLLBACK_COMPLETE');
  const { StackEvents = [] } = await service.cloudformation.send(new DescribeStackEventsCommand({ StackName }));
  expect(StackEvents.map(({ ResourceStatusReason = '' }) => ResourceStatusReason).join('\n')).toContain(
    'failed: AlgorithmError: See job logs for more information; no column "age" (log group /aws/sagemaker/ProcessingJobs',
  );
});
