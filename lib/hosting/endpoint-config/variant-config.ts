import type { aws_sagemaker as sagemaker } from 'aws-cdk-lib';
import type { InstanceType } from '../../common/instance-type';
import type { IModel } from '../model/model';

/** The kind of a variant. */
export type VariantKind = 'instances' | 'serverless' | 'components';

/** The configuration of a variant, for the endpoint configuration and the endpoint. */
export interface VariantConfig {
  readonly variantName: string;
  readonly kind: VariantKind;

  /** The model of the variant; undefined for inference components. */
  readonly model?: IModel;

  /** The model of the variant and the models of its instance pools. */
  readonly models: IModel[];
  readonly instanceTypes: InstanceType[];
  readonly instanceCount?: number;
  readonly weight?: number;
  readonly hasVolumeSize: boolean;
  readonly rendered: sagemaker.CfnEndpointConfig.ProductionVariantProperty;

  /** Properties that the oldest supported aws-cdk-lib lacks, by their paths and as CloudFormation names them. */
  readonly overrides: Record<string, unknown>;
  readonly warnings: string[];
}
