import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
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
} from '../../lib';
import { RELEASE_PARAMETER, newImage } from './algorithm-images';

const REQUEST = path.join(__dirname, '..', '..', 'assets', 'breast-cancer', 'data', 'request.csv');

export interface HostingStackProps extends StackProps {
  /** The S3 location of the model artifacts, which the endpoint reads. */
  readonly artifacts: S3Location;
}

/** Hosts the released version. Until there is one, the stack contains no model and no endpoint. */
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
    new CfnOutput(this, 'EndpointName', { value: endpoint.endpointName });
  }
}
