import type { aws_sagemaker as sagemaker } from 'aws-cdk-lib';
import type { InstanceType } from '../../common/instance-type';
import type { IModel } from '../model/model';

/** What a variant runs on. */
export type VariantKind = 'instances' | 'serverless' | 'components';

/** What an endpoint and its configuration know of a variant. */
export interface VariantConfig {
  readonly variantName: string;
  readonly kind: VariantKind;

  /** What the variant runs; undefined where inference components bring their models. */
  readonly model?: IModel;

  /** All that the variant runs: its model, and those of its pools. */
  readonly models: IModel[];
  readonly instanceTypes: InstanceType[];
  readonly instanceCount?: number;
  readonly weight?: number;
  readonly hasVolumeSize: boolean;
  readonly rendered: sagemaker.CfnEndpointConfig.ProductionVariantProperty;

  /** Members that the oldest supported aws-cdk-lib does not know, as CloudFormation spells them, by their paths. */
  readonly newer: Record<string, unknown>;
  readonly warnings: string[];
}
