import {
  Stack,
  type StackProps,
  Stage,
  aws_codebuild as codebuild,
  aws_ecr as ecr,
  aws_iam as iam,
  pipelines,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ProductionStage } from './production-stage';
import { IMAGES, KEY_PARAMETER, type Placement, RELEASE_ROLE, VERSION_PARAMETER } from './promotion';
import { TrainingStack } from './training-stack';

export interface PipelineStackProps extends StackProps {
  readonly development: Placement;
  readonly production: Placement;

  /** The owner and the name of the repository of this code. */
  readonly repository: string;

  /** The ARN of the connection to the repository, which a person has created and authorized. */
  readonly connectionArn: string;

  /** The digest of the image that both accounts run. */
  readonly digest: string;
}

/** The pipeline in the tooling account, with the repository of the images. */
export class PipelineStack extends Stack {
  constructor(scope: Construct, id: string, props: PipelineStackProps) {
    super(scope, id, props);
    const { development, production, digest } = props;
    const build = this.newBuild(props);
    const pipeline = new pipelines.CodePipeline(this, 'Pipeline', {
      synth: build,
      crossAccountKeys: true,
      enableKeyRotation: true,
    });

    const dev = new Stage(this, 'Development', { env: development });
    const training = new TrainingStack(dev, 'Training', {
      toolingAccount: this.account,
      productionAccount: production.account,
      digest,
    });
    pipeline.addStage(dev);

    const prod = new ProductionStage(this, 'Production', {
      env: production,
      toolingAccount: this.account,
      trainingAccount: development.account,
    });
    pipeline.addStage(prod, {
      pre: [new pipelines.ManualApprovalStep('Promote', { comment: 'Host the tested version in production?' })],
      stackSteps: [{ stack: prod.hosting, pre: [this.newRelease(training, production)] }],
    });
    pipeline.buildPipeline();
    this.newImages([development.account, production.account]).grantPullPush(build);
  }

  /** The repository of the images: the other accounts may pull them. */
  private newImages(accounts: string[]): ecr.Repository {
    const images = new ecr.Repository(this, 'Images', {
      repositoryName: IMAGES,
      imageTagMutability: ecr.TagMutability.IMMUTABLE,
      imageScanOnPush: true,
    });
    accounts.forEach((account) => images.grantPull(new iam.AccountPrincipal(account)));
    return images;
  }

  /** Builds the image, checks it, pushes it, and synthesizes the app with its digest. */
  private newBuild({ repository, connectionArn }: PipelineStackProps): pipelines.CodeBuildStep {
    return new pipelines.CodeBuildStep('Build', {
      input: pipelines.CodePipelineSource.connection(repository, 'main', { connectionArn }),
      // Docker builds and runs the image.
      buildEnvironment: { privileged: true },
      env: { REGISTRY: `${this.account}.dkr.ecr.${this.region}.amazonaws.com` },
      installCommands: ['npm ci'],
      commands: [
        `export IMAGE=$REGISTRY/${IMAGES}:$CODEBUILD_RESOLVED_SOURCE_VERSION`,
        'aws ecr get-login-password | docker login --username AWS --password-stdin $REGISTRY',
        // A commit that is released again has its image already, whose tag cannot be moved.
        'docker pull $IMAGE || docker build --tag $IMAGE assets/breast-cancer',
        'mkdir -p reports',
        'npx byoa check $IMAGE --format junit > reports/check.xml',
        'docker push $IMAGE',
        `DIGEST=$(docker inspect --format '{{index .RepoDigests 0}}' $IMAGE | cut -d @ -f 2)`,
        'npx cdk synth --context digest=$DIGEST',
      ],
      partialBuildSpec: codebuild.BuildSpec.fromObject({
        reports: { check: { files: ['check.xml'], 'base-directory': 'reports', 'file-format': 'JUNITXML' } },
      }),
    });
  }

  /** Writes the ARN of the version, and the ID of the key of its artifact, to the parameters that the hosting stack reads. */
  private newRelease({ versionArn, keyId }: TrainingStack, { account }: Placement): pipelines.CodeBuildStep {
    const role = this.formatArn({ service: 'iam', region: '', account, resource: 'role', resourceName: RELEASE_ROLE });
    const query = 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]';
    return new pipelines.CodeBuildStep('Release', {
      envFromCfnOutputs: { VERSION: versionArn, KEY: keyId },
      commands: [
        // The exit code of the assignment is that of the command: without the role, the build fails here.
        `CREDENTIALS=$(aws sts assume-role --role-arn ${role} --role-session-name release --query '${query}' --output text)`,
        'set -- $CREDENTIALS && export AWS_ACCESS_KEY_ID=$1 AWS_SECRET_ACCESS_KEY=$2 AWS_SESSION_TOKEN=$3',
        `aws ssm put-parameter --overwrite --name ${KEY_PARAMETER} --value $KEY`,
        `aws ssm put-parameter --overwrite --name ${VERSION_PARAMETER} --value $VERSION`,
      ],
      rolePolicyStatements: [new iam.PolicyStatement({ actions: ['sts:AssumeRole'], resources: [role] })],
    });
  }
}
