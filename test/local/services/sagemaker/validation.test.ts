import { Readable } from 'node:stream';
import { serving } from '../../fake-engine';
import { OUTPUT, ROLE, controlPlane } from './control-plane';

type ControlPlane = ReturnType<typeof controlPlane>;

const SPECIFICATION = {
  Containers: [{ Image: 'churn:1', Environment: { VERSION: 'packaged' } }],
  SupportedContentTypes: ['text/csv'],
  SupportedResponseMIMETypes: ['text/csv'],
};
const PROFILE = {
  ProfileName: 'small',
  TransformJobDefinition: {
    TransformInput: { DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://data/in/' } } },
    TransformOutput: OUTPUT,
    TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
  },
};

/** A control plane whose model servers respond to an invocation with a status. */
async function withStatus(status: number): Promise<ControlPlane & { versions: string[] }> {
  const versions: string[] = [];
  const control = controlPlane(
    serving(({ spec }) => {
      versions.push(spec.environment.VERSION);
      return { listener: (request, response) => response.writeHead(request.url === '/ping' ? 200 : status).end('1') };
    }),
  );
  await control.s3.put('data', 'in/a.csv', Readable.from(['1,2']));
  return { ...control, versions };
}

const create = ({ call }: ControlPlane, more: object = {}): unknown =>
  call('CreateModelPackage', {
    ModelPackageName: 'package',
    InferenceSpecification: SPECIFICATION,
    ValidationSpecification: { ValidationRole: ROLE, ValidationProfiles: [PROFILE] },
    ...more,
  });

describe('The validation of a model package', () => {
  test('runs a transform job with its inference specification, and deletes the model of the job', async () => {
    const control = await withStatus(200);
    create(control);
    expect(control.call('DescribeModelPackage', { ModelPackageName: 'package' })).toMatchObject({
      ModelPackageStatus: 'InProgress',
      ModelPackageStatusDetails: { ValidationStatuses: [{ Name: 'small', Status: 'InProgress' }] },
    });
    await control.changes.until('package Completed');
    expect(control.changes.all.filter((change) => change.startsWith('package '))).toEqual([
      'package InProgress',
      'package Completed',
    ]);
    expect(control.call('DescribeModelPackage', { ModelPackageName: 'package' })).toMatchObject({
      ModelPackageStatus: 'Completed',
      ModelPackageStatusDetails: { ValidationStatuses: [{ Name: 'small', Status: 'Completed' }] },
    });
    expect(control.versions).toEqual(['packaged']);
    expect(control.s3.keys('data', 'out/')).toEqual(['out/a.csv.out']);
    expect(control.call('ListModels', {})).toMatchObject({ Models: [] });
  });

  test('fails with the reason of the job, and the package can then not be deployed', async () => {
    const control = await withStatus(400);
    create(control);
    await control.changes.until('package Failed');
    expect(control.call('DescribeModelPackage', { ModelPackageName: 'package' })).toMatchObject({
      ModelPackageStatusDetails: {
        ValidationStatuses: [
          { Name: 'small', Status: 'Failed', FailureReason: expect.stringContaining('400') as string },
        ],
      },
    });
    const PrimaryContainer = { ModelPackageName: 'package' };
    expect(() => control.call('CreateModel', { ModelName: 'model', PrimaryContainer })).toThrow(
      'ModelPackage package cannot be deployed; its status is Failed.',
    );
  });

  test('works for a version of a group that is not approved yet', async () => {
    const control = await withStatus(200);
    control.call('CreateModelPackageGroup', { ModelPackageGroupName: 'group' });
    create(control, { ModelPackageName: undefined, ModelPackageGroupName: 'group' });
    const status = (): unknown =>
      (control.call('DescribeModelPackage', { ModelPackageName: 'group/1' }) as { ModelPackageStatus: string })
        .ModelPackageStatus;
    while (status() === 'InProgress') await new Promise((resolve) => setImmediate(resolve));
    expect(status()).toBe('Completed');
  });

  test('is rejected without an inference specification', async () => {
    const control = await withStatus(200);
    expect(() => create(control, { InferenceSpecification: undefined, SourceUri: 's3://data/model' })).toThrow(
      'The validation of a model package requires an InferenceSpecification.',
    );
  });
});
