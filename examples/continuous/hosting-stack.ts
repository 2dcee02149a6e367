import { CfnOutput, Stack, type StackProps, type aws_s3 as s3, aws_scheduler as scheduler } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import * as path from 'node:path';
import {
  Endpoint,
  EndpointConfig,
  Expectation,
  InstanceType,
  Model,
  ModelPackage,
  ProductionVariant,
  type S3Location,
  SmokeTestRequest,
  SplitType,
  TransformInput,
  TransformOutput,
  TransformResources,
  TransformSchedule,
} from '../../lib';
import { RELEASE_PARAMETER, newImage } from './algorithm-images';

const REQUEST = path.join(__dirname, '..', '..', 'assets', 'breast-cancer', 'data', 'request.csv');

export interface HostingStackProps extends StackProps {
  /** The S3 location of the model artifacts, which the endpoint reads. */
  readonly artifacts: S3Location;

  /** The bucket with the data that is scored every night. */
  readonly data: s3.IBucket;
}

/** Hosts the released version, and scores data with it every night. Until there is one, the stack contains no model and no endpoint. */
export class HostingStack extends Stack {
  constructor(scope: Construct, id: string, props: HostingStackProps) {
    super(scope, id, props);
    const version = ModelPackage.fromReleaseParameter(this, 'Version', RELEASE_PARAMETER, {
      images: [newImage()],
      modelData: [props.artifacts],
    });
    const model = new Model(this, 'Model', { modelPackage: version });
    const main = ProductionVariant.instances('main', { model, instanceType: InstanceType.ML_C7I_LARGE });
    const endpoint = new Endpoint(this, 'Endpoint', {
      endpointConfig: new EndpointConfig(this, 'Config', { variants: [main] }),
      smokeTest: {
        request: SmokeTestRequest.fromFile(REQUEST),
        contentType: 'text/csv',
        accept: 'application/json',
        expect: [Expectation.jsonPath('$.predictions[0]').exists()],
      },
    });
    new TransformSchedule(this, 'Nightly', {
      stateMachineName: 'breast-cancer-scoring',
      model,
      input: TransformInput.fromBucket(props.data, 'unlabeled/', {
        contentType: 'text/csv',
        splitType: SplitType.LINE,
      }),
      output: TransformOutput.toBucket(props.data, 'scores', { accept: 'text/csv' }),
      resources: TransformResources.of(InstanceType.ML_M5_LARGE),
      schedule: scheduler.ScheduleExpression.cron({ hour: '2', minute: '0' }),
    });
    new CfnOutput(this, 'EndpointName', { value: endpoint.endpointName });
  }
}
