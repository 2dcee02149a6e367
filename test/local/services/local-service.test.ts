import {
  CreateModelCommand,
  DescribeModelCommand,
  ListModelsCommand,
  ListPipelinesCommand,
} from '@aws-sdk/client-sagemaker';
import { SIGNED_FOR_S3, ServiceFixture } from './fixture';

const service = ServiceFixture.forEachTest();

describe('The local service', () => {
  test('rejects a request whose Host header names another machine, as a web page with DNS rebinding sends it', async () => {
    expect(await service.send('GET', '/', { ...SIGNED_FOR_S3, host: 'evil.example' })).toBe(403);
    expect(await service.send('GET', '/', { ...SIGNED_FOR_S3, host: '192.0.2.1:80' })).toBe(403);
    expect(await service.send('GET', '/', { ...SIGNED_FOR_S3, host: 'localhost:1' })).toBe(200);
  });

  test('accepts only IP addresses in the Host header when it listens on an address that others can reach', async () => {
    await service.restart({ address: '0.0.0.0' });
    expect(await service.send('GET', '/', { ...SIGNED_FOR_S3, host: 'evil.example' })).toBe(403);
    expect(await service.send('GET', '/', { ...SIGNED_FOR_S3, host: '192.0.2.1:80' })).toBe(200);
  });

  test('responds with 501 to a request for a service that it does not have, and to an unsigned request', async () => {
    const authorization = SIGNED_FOR_S3.authorization.replace('/s3/', '/glue/');
    expect([await service.send('POST', '/', { authorization }), await service.send('POST', '/')]).toEqual([501, 501]);
  });

  test('fails an operation that it does not support', async () => {
    await expect(service.sagemaker.send(new ListPipelinesCommand({}))).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: expect.stringContaining('ListPipelines of sagemaker is not supported by the local service') as string,
    });
  });

  test('denies access to IAM in the protocol of IAM, so that the SageMaker SDK continues without it', async () => {
    const authorization = SIGNED_FOR_S3.authorization.replace('/s3/', '/iam/');
    const body = new URLSearchParams({ Action: 'SimulatePrincipalPolicy', PolicySourceArn: 'arn:aws:iam::0:role/any' });
    const response = await fetch(service.url, { method: 'POST', headers: { authorization }, body });
    const text = await response.text();
    expect([response.status, response.headers.get('content-type')]).toEqual([403, 'text/xml']);
    expect(text).toContain('<Code>AccessDenied</Code>');
    expect(text).toContain('is not authorized to perform: iam:SimulatePrincipalPolicy');
  });

  test('has the same state after a restart', async () => {
    const RoleArn = 'arn:aws:iam::000000000000:role/any';
    await service.sagemaker.send(
      new CreateModelCommand({ ModelName: 'Churn', ExecutionRoleArn: RoleArn, PrimaryContainer: { Image: 'churn:1' } }),
    );
    await service.restart();
    expect(await service.sagemaker.send(new DescribeModelCommand({ ModelName: 'Churn' }))).toMatchObject({
      ModelArn: 'arn:aws:sagemaker:us-east-1:000000000000:model/churn',
      PrimaryContainer: { Image: 'churn:1' },
    });
  });

  test('lists resources in pages, the newest first', async () => {
    for (const ModelName of ['a', 'b', 'c']) {
      await service.sagemaker.send(new CreateModelCommand({ ModelName, PrimaryContainer: { Image: 'churn:1' } }));
    }
    const first = await service.sagemaker.send(new ListModelsCommand({ MaxResults: 2 }));
    const second = await service.sagemaker.send(new ListModelsCommand({ MaxResults: 2, NextToken: first.NextToken }));
    const names = [first, second].map(({ Models = [] }) => Models.map(({ ModelName }) => ModelName));
    expect([names, second.NextToken]).toEqual([[['c', 'b'], ['a']], undefined]);
  });
});
