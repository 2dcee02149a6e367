import { CfnOutput, Stack, type StackProps, type aws_s3 as s3 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import {
  type Algorithm,
  Endpoint,
  EndpointConfig,
  InstanceType,
  Model,
  ModelApprovalStatus,
  ModelData,
  ModelPackage,
  ModelPackageGroup,
  ProductionVariant,
} from '../../lib';

export interface HostingStackProps extends StackProps {
  /** What the model was trained with. */
  readonly algorithm: Algorithm;

  /** Where the trained model is. */
  readonly bucket: s3.IBucket;

  /** The key of its model.tar.gz. */
  readonly modelKey: string;
}

/** A model that was trained, as a version of the registry and behind an endpoint. */
export class HostingStack extends Stack {
  public readonly endpoint: Endpoint;

  constructor(scope: Construct, id: string, props: HostingStackProps) {
    super(scope, id, props);
    const version = new ModelPackage(this, 'Version', {
      group: new ModelPackageGroup(this, 'Group', { modelPackageGroupName: 'breast-cancer' }),
      algorithm: props.algorithm,
      modelData: ModelData.fromBucket(props.bucket, props.modelKey),
      approvalStatus: ModelApprovalStatus.APPROVED,
    });
    const config = new EndpointConfig(this, 'Config', {
      variants: [
        ProductionVariant.instances('main', {
          model: new Model(this, 'Model', { modelPackage: version }),
          instanceType: InstanceType.ML_C7I_LARGE,
          instanceCount: 2,
        }),
      ],
    });
    this.endpoint = new Endpoint(this, 'Endpoint', { config });
    new CfnOutput(this, 'EndpointName', { value: this.endpoint.endpointName });
  }
}
