import {
  App,
  CfnParameter,
  DefaultStackSynthesizer,
  Lazy,
  Stack,
  aws_ecr as ecr,
  aws_ecr_assets as ecr_assets,
  aws_iam as iam,
  aws_s3 as s3,
} from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import {
  AlgorithmImages,
  Architecture,
  ByoAlgorithm,
  Channel,
  ContainerImage,
  InstanceType,
  ManifestFormat,
  Processor,
  TrainingInput,
} from '../../lib';
import { ACCOUNT, IMAGE_DIRECTORY, REGION, errorOf, newStack, placedStack, statementsOf } from '../stacks';

const DIGEST = `sha256:${'a'.repeat(64)}`;

/** The role of a stack that gets permission to pull images. */
function role(stack: Stack): iam.IRole {
  const existing = stack.node.tryFindChild('Role') as iam.Role | undefined;
  return existing ?? new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
}

interface DockerImage {
  readonly source: Record<string, unknown>;
  readonly destinations: Record<string, { readonly repositoryName: string; readonly imageTag: string }>;
}

/** The images that are built when a stack is deployed. */
function dockerImages(stack: Stack): DockerImage[] {
  const { directory } = (stack.node.root as App).synth();
  const manifest = readFileSync(path.join(directory, `${stack.artifactId}.assets.json`), 'utf8');
  return Object.values((JSON.parse(manifest) as { dockerImages: Record<string, DockerImage> }).dockerImages);
}

function built(...images: ContainerImage[]): DockerImage[] {
  const stack = placedStack();
  images.forEach((image) => image.bind(stack, role(stack)));
  return dockerImages(stack);
}

describe('An image built from a directory', () => {
  test('is built for linux/amd64 when no platform is specified', () => {
    expect(built(ContainerImage.fromAsset(IMAGE_DIRECTORY))[0].source).toMatchObject({ platform: 'linux/amd64' });
  });

  test('is built for the specified platform and has its architecture', () => {
    const image = ContainerImage.fromAsset(IMAGE_DIRECTORY, { platform: ecr_assets.Platform.LINUX_ARM64 });
    expect(image.architecture).toBe(Architecture.ARM64);
    expect(built(image)[0].source).toMatchObject({ platform: 'linux/arm64' });
  });

  test('is built without flags that the legacy builder rejects when no manifest format is specified', () => {
    expect(built(ContainerImage.fromAsset(IMAGE_DIRECTORY))[0].source).not.toHaveProperty('dockerOutputs');
  });

  test('is built with a Docker manifest when that manifest format is specified', () => {
    const [{ source }] = built(ContainerImage.fromAsset(IMAGE_DIRECTORY, { manifestFormat: ManifestFormat.DOCKER }));
    expect(source).toMatchObject({ dockerOutputs: ['type=docker'] });
  });

  test('passes Dockerfile, target, build arguments, secrets, cache and network mode to the build', () => {
    const [{ source }] = built(
      ContainerImage.fromAsset(IMAGE_DIRECTORY, {
        file: 'Dockerfile',
        target: 'training',
        buildArgs: { VERSION: '1' },
        buildSecrets: { token: 'type=env,id=TOKEN' },
        cacheFrom: [{ type: 'registry', params: { ref: 'example.com/cache' } }],
        networkMode: ecr_assets.NetworkMode.HOST,
      }),
    );
    expect(source).toMatchObject({
      dockerFile: 'Dockerfile',
      dockerBuildTarget: 'training',
      dockerBuildArgs: { VERSION: '1' },
      dockerBuildSecrets: { token: 'type=env,id=TOKEN' },
      cacheFrom: [{ type: 'registry', params: { ref: 'example.com/cache' } }],
      networkMode: 'host',
    });
  });

  test('results in two images when two targets of the same directory are used', () => {
    const targets = built(
      ContainerImage.fromAsset(IMAGE_DIRECTORY, { target: 'training' }),
      ContainerImage.fromAsset(IMAGE_DIRECTORY, { target: 'inference' }),
    ).map(({ source }) => source.dockerBuildTarget);
    expect(targets.sort()).toEqual(['inference', 'training']);
  });

  test('results in two images when two values of a build argument are used', () => {
    const args = built(
      ContainerImage.fromAsset(IMAGE_DIRECTORY, { buildArgs: { A: '1' } }),
      ContainerImage.fromAsset(IMAGE_DIRECTORY, { buildArgs: { A: '2' } }),
    );
    expect(args).toHaveLength(2);
  });

  test('results in one image when several constructs of a stack use it', () => {
    const image = ContainerImage.fromAsset(IMAGE_DIRECTORY);
    expect(built(image, image, ContainerImage.fromAsset(IMAGE_DIRECTORY))).toHaveLength(1);
  });

  test('is pushed to each region when stacks of two regions use it', () => {
    const app = new App();
    const image = ContainerImage.fromAsset(IMAGE_DIRECTORY);
    const uris = ['eu-west-1', 'us-east-1'].map((region) => {
      const stack = new Stack(app, region, { env: { account: ACCOUNT, region } });
      return stack.resolve(image.bind(stack, role(stack)).imageUri) as unknown;
    });
    expect(JSON.stringify(uris[0])).toContain('eu-west-1');
    expect(JSON.stringify(uris[1])).toContain('us-east-1');
  });

  test('grants permission to pull from the asset repository only', () => {
    const stack = placedStack();
    ContainerImage.fromAsset(IMAGE_DIRECTORY).bind(stack, role(stack));
    expect(statementsOf(stack, 'Role')).toEqual([
      {
        Effect: 'Allow',
        Action: ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'],
        Resource: { 'Fn::Join': expect.anything() as unknown },
      },
      { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
    ]);
  });

  test('has the specified processor', () => {
    const image = ContainerImage.fromAsset(IMAGE_DIRECTORY, { processor: Processor.GPU });
    expect(image.processor).toBe(Processor.GPU);
  });

  test('fails at synthesis when the directory does not exist', () => {
    const stack = newStack();
    const image = ContainerImage.fromAsset('/does/not/exist');
    expect(() => image.bind(stack, role(stack))).toThrow(/Cannot find image directory/);
  });
});

describe('An image in an Amazon ECR repository', () => {
  function uriOf(options: { tag?: string; digest?: string }): unknown {
    const stack = placedStack();
    const repository = ecr.Repository.fromRepositoryName(stack, 'Repository', 'algorithms');
    return stack.resolve(ContainerImage.fromEcrRepository(repository, options).bind(stack, role(stack)).imageUri);
  }

  test('is referenced by its tag', () => {
    expect(JSON.stringify(uriOf({ tag: '7' }))).toContain('/algorithms:7');
  });

  test('is referenced by its digest', () => {
    expect(JSON.stringify(uriOf({ digest: DIGEST }))).toContain(`/algorithms@${DIGEST}`);
  });

  test.each([[{}], [{ tag: '7', digest: DIGEST }]])('is rejected with the options %j', (options) => {
    expect(errorOf(() => uriOf(options))).toContain('exactly one of `tag` and `digest` must be specified');
  });

  test('is rejected when the digest is invalid', () => {
    expect(errorOf(() => uriOf({ digest: 'sha256:abc' }))).toContain('`digest` must match');
  });

  test('grants permission to pull from its repository only', () => {
    const stack = placedStack();
    const repository = new ecr.Repository(stack, 'Repository');
    ContainerImage.fromEcrRepository(repository, { tag: '7' }).bind(stack, role(stack));
    expect(statementsOf(stack, 'Role')).toEqual([
      {
        Effect: 'Allow',
        Action: ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'],
        Resource: stack.resolve(repository.repositoryArn) as unknown,
      },
      { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
    ]);
  });
});

describe('An image in a pull-through cache', () => {
  const IMPORT = ['ecr:BatchImportUpstreamImage', 'ecr:CreateRepository'];
  const URI = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/docker-hub/library/python:3.12-slim`;

  test('grants permission to import it and to create its repository, and no other repository', () => {
    const stack = placedStack();
    ContainerImage.fromRegistry(URI, { pullThroughCache: true }).bind(stack, role(stack));
    expect(statementsOf(stack, 'Role')).toContainEqual({
      Effect: 'Allow',
      Action: IMPORT,
      Resource: {
        'Fn::Join': [
          '',
          ['arn:', { Ref: 'AWS::Partition' }, `:ecr:${REGION}:${ACCOUNT}:repository/docker-hub/library/python`],
        ],
      },
    });
  });

  test('grants the same permission for a repository', () => {
    const stack = placedStack();
    const repository = ecr.Repository.fromRepositoryName(stack, 'Repository', 'docker-hub/library/python');
    ContainerImage.fromEcrRepository(repository, { tag: '3.12-slim', pullThroughCache: true }).bind(stack, role(stack));
    expect(statementsOf(stack, 'Role')).toContainEqual({
      Effect: 'Allow',
      Action: IMPORT,
      Resource: stack.resolve(repository.repositoryArn) as unknown,
    });
  });

  test('grants no such permission unless `pullThroughCache` is set', () => {
    const stack = placedStack();
    ContainerImage.fromRegistry(URI).bind(stack, role(stack));
    const repository = ecr.Repository.fromRepositoryName(stack, 'Repository', 'docker-hub/library/python');
    ContainerImage.fromEcrRepository(repository, { tag: '1' }).bind(stack, role(stack));
    expect(JSON.stringify(statementsOf(stack, 'Role'))).not.toContain('ecr:CreateRepository');
  });

  test('is rejected when its URI is a token', () => {
    const uri = new CfnParameter(newStack(), 'Uri').valueAsString;
    expect(errorOf(() => ContainerImage.fromRegistry(uri, { pullThroughCache: true }))).toBe(
      'Image from a registry: `pullThroughCache` requires an `imageUri` that is known at synthesis, since it grants permission for its ' +
        'repository, got a token. Use ContainerImage.fromEcrRepository() instead.',
    );
  });

  test.each<[string, boolean | undefined, number]>([
    ['not verified', undefined, 0],
    ['verified if `verify` is set', true, 1],
  ])('is %s in a ByoAlgorithm', (_, verify, count) => {
    const stack = placedStack();
    const data = s3.Bucket.fromBucketName(stack, 'Data', 'data');
    new ByoAlgorithm(stack, 'Churn', {
      images: AlgorithmImages.combined(ContainerImage.fromRegistry(URI, { pullThroughCache: true, verify })),
      channels: [Channel.file('train')],
      inputs: { train: TrainingInput.fromBucket(data, 'train/') },
      endpoint: { instanceType: InstanceType.ML_M5_LARGE },
    });
    Template.fromStack(stack).resourceCountIs('Custom::SageMakerImage', count);
  });
});

describe('The images of a stack whose synthesizer has a repository for images', () => {
  const stack = new Stack(new App(), 'Stack', {
    env: { account: ACCOUNT, region: REGION },
    synthesizer: new DefaultStackSynthesizer({ imageAssetsRepositoryName: 'ml/churn', dockerTagPrefix: 'churn-' }),
  });
  ContainerImage.fromAsset(IMAGE_DIRECTORY).bind(stack, role(stack));

  test('are pushed to this repository', () => {
    const [{ destinations }] = dockerImages(stack);
    const [destination] = Object.values(destinations);
    expect(destination.repositoryName).toBe('ml/churn');
    expect(destination.imageTag).toMatch(/^churn-[0-9a-f]{64}$/);
  });

  test('can be pulled from this repository only', () => {
    expect(statementsOf(stack, 'Role')).toContainEqual({
      Effect: 'Allow',
      Action: ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'],
      Resource: {
        'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:ecr:${REGION}:${ACCOUNT}:repository/ml/churn`]],
      },
    });
  });
});

describe('An image in a tarball', () => {
  test('is loaded from the file, and permission to pull it is granted', () => {
    const stack = placedStack();
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'image-')), 'image.tar');
    writeFileSync(file, 'an image');
    const image = ContainerImage.fromTarball(file);
    image.bind(stack, role(stack));
    expect(image.bind(stack, role(stack)).imageUri).toBeDefined();
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 'ecr:GetAuthorizationToken' })]) },
    });
    expect(dockerImages(stack)[0].source).toHaveProperty('executable');
  });

  test('is rejected when the file does not exist', () => {
    expect(errorOf(() => ContainerImage.fromTarball('/nowhere.tar'))).toBe(
      'Image tarball does not exist: "/nowhere.tar".',
    );
  });
});

describe('An image that is referenced by its URI', () => {
  test('grants permission to pull from its repository only when it is in a private Amazon ECR registry', () => {
    const stack = placedStack();
    ContainerImage.fromRegistry(`999988887777.dkr.ecr.${REGION}.amazonaws.com/team/algorithm:1`).bind(
      stack,
      role(stack),
    );
    expect(statementsOf(stack, 'Role')).toEqual([
      {
        Effect: 'Allow',
        Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
        Resource: {
          'Fn::Join': [
            '',
            ['arn:', { Ref: 'AWS::Partition' }, `:ecr:${REGION}:999988887777:repository/team/algorithm`],
          ],
        },
      },
      { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
    ]);
  });

  test.each(['python:3.11', 'ghcr.io/team/churn:1', 'public.ecr.aws/docker/library/python:3.11', 'churn'])(
    'is rejected when the image is %s, which is not in a private Amazon ECR repository',
    (uri) => {
      expect(errorOf(() => ContainerImage.fromRegistry(uri))).toBe(
        'Image from a registry: `imageUri` must be in a private Amazon ECR repository, for example ' +
          `123456789012.dkr.ecr.eu-west-1.amazonaws.com/churn:v1, got "${uri}". SageMaker does not pull images from public ` +
          'registries: push the image to a repository, build it with ContainerImage.fromAsset(), or use ' +
          'ContainerImage.fromPrivateRegistry(), which requires a VPC.',
      );
    },
  );

  test.each([
    '999988887777.dkr.ecr.us-gov-west-1.amazonaws.com/team/churn@sha256:' + '0'.repeat(64),
    '999988887777.dkr.ecr.cn-north-1.amazonaws.com.cn/churn',
    '999988887777.dkr.ecr.us-iso-east-1.c2s.ic.gov/churn:1',
    '999988887777.dkr.ecr-fips.us-east-1.amazonaws.com/churn:1',
    '999988887777.dkr-ecr.us-east-1.on.aws/churn:1',
  ])('is accepted when the image is %s', (uri) => {
    expect(ContainerImage.fromRegistry(uri).bind(newStack()).imageUri).toBe(uri);
  });

  test('grants no permission when its URI is only known at deployment', () => {
    const stack = placedStack();
    ContainerImage.fromRegistry(Lazy.string({ produce: () => 'a' })).bind(stack, role(stack));
    expect(statementsOf(stack, 'Role')).toEqual([]);
  });

  test.each([
    ['', 'must not be empty'],
    ['two words', 'must match'],
    ['a'.repeat(256), 'at most 255 characters'],
  ])('is rejected when the URI is "%s"', (uri, error) => {
    expect(errorOf(() => ContainerImage.fromRegistry(uri))).toContain(error);
  });
});
