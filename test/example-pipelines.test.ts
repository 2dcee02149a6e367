import { App, type Stack, type Stage } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { readFileSync } from 'node:fs';
import { PipelineStack } from '../examples/pipelines/pipeline-stack';
import { additionalStatements } from './hosting-fixtures';

const REGION = 'eu-west-1';
const [TOOLING, DEVELOPMENT, PRODUCTION] = ['111111111111', '222222222222', '333333333333'];
const DIGEST = `sha256:${'a'.repeat(64)}`;

interface Project {
  readonly Source: { readonly BuildSpec: string };
}

interface BuildSpec {
  readonly reports?: object;
  readonly phases: { readonly build: { readonly commands: string[] } };
}

describe('The example of pipelines', () => {
  let pipeline: Template;
  let training: Template;
  let release: Template;
  let hosting: Stack;

  beforeAll(() => {
    // The feature flags of the example, which the CDK CLI reads.
    const { context } = JSON.parse(readFileSync('cdk.json', 'utf8')) as { context: Record<string, unknown> };
    const stack = new PipelineStack(new App({ context }), 'Pipeline', {
      env: { account: TOOLING, region: REGION },
      development: { account: DEVELOPMENT, region: REGION },
      production: { account: PRODUCTION, region: REGION },
      repository: 'organization/repository',
      connectionArn: `arn:aws:codeconnections:${REGION}:${TOOLING}:connection/1`,
      digest: DIGEST,
    });
    const stackOf = (stage: string, id: string): Stack =>
      (stack.node.findChild(stage) as Stage).node.findChild(id) as Stack;
    hosting = stackOf('Production', 'Hosting');
    [pipeline, training, release] = [stack, stackOf('Development', 'Training'), stackOf('Production', 'Release')].map(
      (one) => Template.fromStack(one),
    );
  });

  test('reports the findings of the check, and passes the digest of the checked image to the synthesis', () => {
    const [spec] = Object.values(pipeline.findResources('AWS::CodeBuild::Project'))
      .map(({ Properties }) => JSON.parse((Properties as Project).Source.BuildSpec) as BuildSpec)
      .filter(({ reports }) => reports !== undefined);
    expect(spec.reports).toEqual({
      check: { files: ['check.xml'], 'base-directory': 'reports', 'file-format': 'JUNITXML' },
    });
    expect(spec.phases.build.commands).toEqual(
      expect.arrayContaining([
        'npx byoa check $IMAGE --format junit > reports/check.xml',
        'docker push $IMAGE',
        'npx cdk synth --context digest=$DIGEST',
      ]),
    );
  });

  test('trains with the checked image, registers it, and shares the version with production', () => {
    const images = JSON.stringify(training.toJSON()).match(/breast-cancer@sha256:[0-9a-f]{64}/g) ?? [];
    // The one of the training job, and the one of the version.
    expect(new Set(images)).toEqual(new Set([`breast-cancer@${DIGEST}`]));
    expect(images.length).toBeGreaterThanOrEqual(2);
    const Principal = { AWS: `arn:aws:iam::${PRODUCTION}:root` };
    const bucket = training.findResources('AWS::S3::BucketPolicy');
    expect(JSON.stringify(bucket)).toContain(
      JSON.stringify({ Action: 's3:GetObject', Effect: 'Allow', Principal }).slice(0, -1),
    );
    training.hasResourceProperties('AWS::SageMaker::ModelPackageGroup', {
      ModelPackageGroupPolicy: {
        Statement: [
          Match.objectLike({ Action: 'sagemaker:DescribeModelPackageGroup', Principal }),
          Match.objectLike({ Action: Match.arrayWith(['sagemaker:CreateModel']), Principal }),
        ],
      },
    });
    training.resourceCountIs('Custom::SageMakerSmokeTest', 1);
  });

  test('writes the version to the parameter of production after an approval, and before the endpoint is deployed', () => {
    const [{ Properties }] = Object.values(pipeline.findResources('AWS::CodePipeline::Pipeline')) as {
      Properties: { Stages: { Name: string; Actions: { Name: string; RunOrder: number }[] }[] };
    }[];
    const actions = Properties.Stages.at(-1)
      ?.Actions.sort((a, b) => a.RunOrder - b.RunOrder)
      .map(({ Name }) => Name);
    expect(actions).toEqual([
      ...['Promote', 'Release.Prepare', 'Release.Deploy', 'Hosting.Release', 'Hosting.Prepare', 'Hosting.Deploy'],
    ]);
    const parameters = release.findResources('AWS::SSM::Parameter') as Record<string, { Properties: { Name: string } }>;
    expect(Object.values(parameters).map(({ Properties: { Name } }) => Name)).toEqual([
      '/breast-cancer/version',
      '/breast-cancer/key',
    ]);
    release.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [Match.objectLike({ Action: 'ssm:PutParameter' })] },
    });
  });

  test('hosts the version in production with permission for its image, its artifact and its key only', () => {
    const resources = additionalStatements(hosting).map((statement) => (statement as { Resource: unknown }).Resource);
    const text = JSON.stringify(resources);
    for (const part of [
      `:ecr:${REGION}:${TOOLING}:repository/breast-cancer`,
      `breast-cancer-models-${DEVELOPMENT}/breast-cancer/*`,
      `:kms:${REGION}:${DEVELOPMENT}:key/`,
    ]) {
      expect(text).toContain(part);
    }
    Template.fromStack(hosting).resourceCountIs('Custom::SageMakerSmokeTest', 1);
  });
});
