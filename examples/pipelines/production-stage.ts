import {
  Stack,
  Stage,
  type StageProps,
  aws_iam as iam,
  aws_kms as kms,
  aws_s3 as s3,
  aws_ssm as ssm,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ModelPackage, S3Location } from '../../lib';
import { host } from './hosting';
import { KEY_PARAMETER, PREFIX, RELEASE_ROLE, VERSION_PARAMETER, artifactBucketName, importImages } from './promotion';

export interface ProductionStageProps extends StageProps {
  /** The account of the pipeline and of the images. */
  readonly toolingAccount: string;

  /** The account that registers the versions. */
  readonly trainingAccount: string;
}

/** The production account: first the parameters that the pipeline writes, then the endpoint that reads them. */
export class ProductionStage extends Stage {
  public readonly hosting: Stack;

  constructor(scope: Construct, id: string, props: ProductionStageProps) {
    super(scope, id, props);
    const release = new ReleaseStack(this, 'Release', props);
    this.hosting = new HostingStack(this, 'Hosting', props);
    this.hosting.addStackDependency(release);
  }
}

/** The version that is hosted, and the role with which the pipeline changes it. */
class ReleaseStack extends Stack {
  constructor(scope: Construct, id: string, { toolingAccount }: ProductionStageProps) {
    super(scope, id);
    const role = new iam.Role(this, 'Role', {
      roleName: RELEASE_ROLE,
      assumedBy: new iam.AccountPrincipal(toolingAccount),
    });
    for (const [name, parameterName] of Object.entries({ Version: VERSION_PARAMETER, Key: KEY_PARAMETER })) {
      // CloudFormation does not change the value again, because the template contains the same one in each deployment.
      new ssm.StringParameter(this, name, { parameterName, stringValue: 'none' }).grantWrite(role);
    }
  }
}

/** Hosts the version whose ARN is in the parameter. */
class HostingStack extends Stack {
  constructor(scope: Construct, id: string, { toolingAccount, trainingAccount }: ProductionStageProps) {
    super(scope, id);
    const artifacts = s3.Bucket.fromBucketName(this, 'Artifacts', artifactBucketName(trainingAccount));
    const keyId = ssm.StringParameter.valueForStringParameter(this, KEY_PARAMETER);
    const keyArn = this.formatArn({ service: 'kms', account: trainingAccount, resource: 'key', resourceName: keyId });
    const version = ModelPackage.fromReleaseParameter(this, 'Version', VERSION_PARAMETER, {
      repositories: [importImages(this, toolingAccount)],
      modelData: [S3Location.fromBucket(artifacts, PREFIX)],
      encryptionKeys: [kms.Key.fromKeyArn(this, 'Key', keyArn)],
    });
    host(this, version);
  }
}
