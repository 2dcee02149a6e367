import { CfnOutput, Duration, Stack, type StackProps, aws_iam as iam, aws_kms as kms, aws_s3 as s3 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import * as path from 'node:path';
import {
  ContainerImage,
  InstanceType,
  ModelApprovalStatus,
  ModelPackage,
  ModelPackageGroup,
  Processor,
  TrainingInput,
  TrainingJob,
  TrainingOutput,
  TrainingResources,
} from '../../lib';
import { host } from './hosting';
import { GROUP, PREFIX, artifactBucketName, importImages } from './promotion';

const DATA = path.join(__dirname, '..', '..', 'assets', 'breast-cancer', 'data');

export interface TrainingStackProps extends StackProps {
  /** The account of the images. */
  readonly toolingAccount: string;

  /** The account that hosts the versions in production. */
  readonly productionAccount: string;

  /** The digest of the image that trains and serves. */
  readonly digest: string;
}

/** Trains the model in the development account, registers it, shares it with the production account, and hosts it for tests. */
export class TrainingStack extends Stack {
  public readonly versionArn: CfnOutput;
  public readonly keyId: CfnOutput;

  constructor(scope: Construct, id: string, props: TrainingStackProps) {
    super(scope, id, props);
    const { toolingAccount, productionAccount, digest } = props;
    const key = new kms.Key(this, 'Key', { enableKeyRotation: true });
    const image = ContainerImage.fromEcrRepository(importImages(this, toolingAccount), {
      digest,
      processor: Processor.CPU,
    });
    const group = new ModelPackageGroup(this, 'Group', { modelPackageGroupName: GROUP });
    const version = new ModelPackage(this, 'Version', {
      group,
      image,
      modelData: this.train(image, key).modelData,
      inference: {
        contentTypes: ['text/csv', 'application/json'],
        responseMimeTypes: ['application/json', 'text/csv'],
        realtimeInstanceTypes: [InstanceType.ML_C7I_LARGE],
      },
      approvalStatus: ModelApprovalStatus.APPROVED,
    });
    // The pipeline stack shares the repository of the images.
    group.shareWith(new iam.AccountPrincipal(productionAccount), { managedElsewhere: true });
    host(this, version);
    this.versionArn = new CfnOutput(this, 'VersionArn', { value: version.modelPackageArn });
    this.keyId = new CfnOutput(this, 'KeyId', { value: key.keyId });
  }

  private train(image: ContainerImage, key: kms.Key): TrainingJob {
    const artifacts = new s3.Bucket(this, 'Artifacts', {
      bucketName: artifactBucketName(this.account),
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      encryptionKey: key,
      enforceSSL: true,
    });
    const input = (channel: string): TrainingInput =>
      TrainingInput.fromAsset(path.join(DATA, channel, `${channel}.csv`), { contentType: 'text/csv' });
    return new TrainingJob(this, 'Train', {
      image,
      inputs: { train: input('train'), validation: input('validation') },
      hyperparameters: { epochs: '30' },
      resources: TrainingResources.of(InstanceType.ML_M5_LARGE),
      output: TrainingOutput.toBucket(artifacts, PREFIX, { encryptionKey: key }),
      maxRuntime: Duration.hours(1),
    });
  }
}
