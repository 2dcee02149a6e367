import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { CloudFormationClient, ListStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  CreateModelCommand,
  DescribeModelCommand,
  ListModelsCommand,
  ListPipelinesCommand,
  SageMakerClient,
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

  describe('refuses a request that a web page can send', () => {
    const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
    const credential = (name: string): string => `X-Amz-Credential=local/20261124/us-east-1/${name}/aws4_request`;

    test.each<[string, string, string, Record<string, string>]>([
      ['from another origin', 'POST', '/', { ...SIGNED_FOR_S3, origin: 'http://evil.example' }],
      ['from an origin with another port', 'POST', '/', { ...SIGNED_FOR_S3, origin: 'http://127.0.0.1:1' }],
      ['from a sandboxed frame', 'POST', '/', { ...SIGNED_FOR_S3, origin: 'null' }],
      ['from another site', 'GET', '/', { ...SIGNED_FOR_S3, 'sec-fetch-site': 'cross-site' }],
      ['from another port of this machine', 'GET', '/_status', { 'sec-fetch-site': 'same-site' }],
      ['to a registry', 'POST', '/v2/churn/blobs/uploads/', { origin: 'http://evil.example' }],
      ['to a route of the command line', 'POST', '/_interrupt/job', { origin: 'http://evil.example' }],
      ['without a signature, to an endpoint', 'POST', '/endpoints/churn/invocations', FORM],
      ['with a presigned URL, to an endpoint', 'POST', `/endpoints/churn/invocations?${credential('sagemaker')}`, FORM],
    ])('%s', async (_, method, pathname, headers) => {
      expect(await service.send(method, pathname, headers)).toBe(403);
    });

    test.each([
      ['with an operation in the query', 'GET', `/?Action=DeleteStack&StackName=a&${credential('cloudformation')}`],
      ['as a form', 'POST', `/?Action=DeleteStack&StackName=a&X-Amz-Signature=0&${credential('cloudformation')}`],
      ['without the signature of a presigned URL', 'GET', `/?${credential('s3')}`],
    ])('%s', async (_, method, pathname) => {
      expect(await service.send(method, pathname, FORM)).toBe(501);
    });

    test.each(['cloudformation', 'sagemaker'])('with GET, even if it is signed for %s', async (name) => {
      const authorization = SIGNED_FOR_S3.authorization.replace('/s3/', `/${name}/`);
      expect(await service.send('GET', '/?Action=DeleteStack&StackName=a', { authorization })).toBe(405);
      expect(await service.send('GET', '/endpoints/churn/invocations', { authorization })).not.toBe(200);
    });
  });

  test('accepts a request of its own origin, and an address that the user has entered', async () => {
    const { host, origin } = new URL(service.url);
    const site = { 'sec-fetch-site': 'none' };
    expect(await service.send('GET', '/', { ...SIGNED_FOR_S3, host, origin })).toBe(200);
    expect(await service.send('GET', '/_status', site)).toBe(200);
  });

  test('accepts a presigned URL of S3', async () => {
    const url = `/?X-Amz-Signature=0&X-Amz-Credential=local/20261124/us-east-1/s3/aws4_request`;
    expect(await service.send('GET', url)).toBe(200);
  });

  test('responds to a presigned URL with a policy that keeps code in an object from being that of a page of the service', async () => {
    await service.s3.send(new CreateBucketCommand({ Bucket: 'data' }));
    const page = { Bucket: 'data', Key: 'page.html', Body: '<script></script>', ContentType: 'text/html' };
    await service.s3.send(new PutObjectCommand(page));
    const url = '/data/page.html?X-Amz-Signature=0&X-Amz-Credential=local/20261124/us-east-1/s3/aws4_request';
    const { headers } = await fetch(`${service.url}${url}`);
    expect(headers.get('content-type')).toBe('text/html');
    expect(headers.get('content-security-policy')).toBe('sandbox');
  });

  test('responds with 501 to a request for a service that it does not have, and to an unsigned request', async () => {
    const authorization = SIGNED_FOR_S3.authorization.replace('/s3/', '/glue/');
    expect([await service.send('POST', '/', { authorization }), await service.send('POST', '/')]).toEqual([501, 501]);
  });

  test.each([
    ['JSON', SageMakerClient, new ListModelsCommand({})],
    ['query', CloudFormationClient, new ListStacksCommand({})],
  ])('rejects a request for another region in the %s protocol, and names its own', async (_, Client, command) => {
    const client = service.client(Client, 'eu-west-1');
    await expect(client.send(command as ListModelsCommand)).rejects.toMatchObject({
      name: 'InvalidSignatureException',
      message: expect.stringContaining("not 'eu-west-1'. The only region of the local service is us-east-1") as string,
    });
  });

  test('fails an operation that it does not support', async () => {
    await expect(service.sagemaker.send(new ListPipelinesCommand({}))).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: expect.stringContaining('The local service does not support ListPipelines of sagemaker. See ') as string,
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
