import { Registry, URI, brokenConnection, deliver, reasonOf, serviceError } from './registry';

let registry: Registry;
beforeEach(() => {
  registry = new Registry();
});

describe('The verification of an image', () => {
  test('returns the URI of the image with its digest', async () => {
    const digest = registry.push('1');
    expect(await deliver(registry)).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: `${URI}@${digest}`,
      Data: { ImageDigest: digest, ImageUri: `${URI}@${digest}` },
    });
  });

  test('supports a reference by digest', async () => {
    const digest = registry.push('1');
    expect(await deliver(registry, { ImageTag: undefined, ImageDigest: digest })).toMatchObject({
      Data: { ImageDigest: digest },
    });
  });

  test.each(['amd64', 'arm64'])('accepts an image for %s when no architecture is required', async (architecture) => {
    registry.push('1', { architecture });
    expect(await deliver(registry)).toMatchObject({ Status: 'SUCCESS' });
  });

  test.each([
    ['x86_64', 'amd64'],
    ['arm64', 'arm64'],
  ])(
    'accepts an image when the architecture %s is required and it is built for %s',
    async (Architecture, architecture) => {
      registry.push('1', { architecture });
      expect(await deliver(registry, { Architecture })).toMatchObject({ Status: 'SUCCESS' });
    },
  );

  test('accepts an image that does not exceed the maximum size', async () => {
    registry.push('1', { bytes: 5000 });
    expect(await deliver(registry, { MaxBytes: '5100' })).toMatchObject({ Status: 'SUCCESS' });
  });

  test('sends at most three read requests', async () => {
    registry.push('1');
    registry.scan = { from: 0, until: 0 };
    await deliver(registry, { Severity: 'HIGH' });
    expect(registry.requests).toEqual([
      'BatchGetImageCommand',
      'GetDownloadUrlForLayerCommand',
      'DescribeImageScanFindingsCommand',
    ]);
  });

  test('fails when the image does not exist', async () => {
    expect(await reasonOf(registry)).toBe(
      'Image churn:1 does not exist (Requested image not found). Push the image before the stack is deployed.',
    );
  });

  test('fails when the repository does not exist', async () => {
    expect(await reasonOf(registry, { RepositoryName: 'none' })).toBe(
      'RepositoryNotFoundException: The repository none does not exist',
    );
  });

  test('fails when the image is built for another architecture', async () => {
    registry.push('1', { architecture: 'arm64' });
    expect(await reasonOf(registry, { Architecture: 'x86_64' })).toBe(
      'Image churn:1 must be built for linux/amd64, got: linux/arm64. The container would fail with "exec format error". Build ' +
        'the image with `platform: Platform.LINUX_AMD64`.',
    );
  });

  test('fails when the image is built for another operating system', async () => {
    registry.push('1', { os: 'windows' });
    expect(await reasonOf(registry)).toContain('must be built for linux/amd64 or linux/arm64, got: windows/amd64');
  });

  test('fails when the image exceeds the maximum size', async () => {
    registry.push('1', { bytes: 11 * 1024 ** 3 });
    expect(await reasonOf(registry, { MaxBytes: String(10 * 1024 ** 3) })).toContain(
      'Image churn:1 must be at most 10.0 GiB compressed for serverless endpoints, got: 11.0 GiB',
    );
  });

  test.each([
    ['the configuration of the image is read', 0],
    ['the response is sent', 1],
  ])('succeeds after a retry when the connection is closed while %s', async (_, before) => {
    registry.push('1');
    registry.connectionErrors = [...Array<undefined>(before), await brokenConnection()];
    expect(await deliver(registry)).toMatchObject({ Status: 'SUCCESS' });
    expect(registry.connectionErrors).toEqual([]);
    expect(registry.now()).toBe(1000);
  });

  test.each<[string, Error]>([
    ['throttling', serviceError('ThrottlingException', 'Rate exceeded')],
    ['a service error', serviceError('ServerException', 'oops', 500)],
    [
      'a permission that has not been propagated yet',
      serviceError('AccessDeniedException', 'is not authorized to perform: ecr:BatchGetImage'),
    ],
  ])('succeeds after %s', async (_, error) => {
    registry.push('1');
    registry.errors = [error, error, error];
    expect(await deliver(registry)).toMatchObject({ Status: 'SUCCESS' });
  });

  test('fails within two minutes when throttling persists', async () => {
    registry.push('1');
    registry.errors = Array<Error>(1000).fill(serviceError('ThrottlingException', 'Rate exceeded'));
    expect(await reasonOf(registry)).toBe('ThrottlingException: Rate exceeded');
    expect(registry.now()).toBeLessThanOrEqual(120_000);
  });
});
