import { CfnOutput, type Stack } from 'aws-cdk-lib';
import * as path from 'node:path';
import {
  Endpoint,
  EndpointConfig,
  Expectation,
  type IModelPackage,
  InstanceType,
  Model,
  ProductionVariant,
  SmokeTestRequest,
} from '../../lib';

const REQUEST = path.join(__dirname, '..', '..', 'assets', 'breast-cancer', 'data', 'request.csv');

/** Hosts a version, in the same way in both accounts. The deployment fails if the endpoint does not predict. */
export function host(stack: Stack, modelPackage: IModelPackage): void {
  const model = new Model(stack, 'Model', { modelPackage });
  const main = ProductionVariant.instances('main', { model, instanceType: InstanceType.ML_C7I_LARGE });
  const endpoint = new Endpoint(stack, 'Endpoint', {
    endpointConfig: new EndpointConfig(stack, 'Config', { variants: [main] }),
    smokeTest: {
      request: SmokeTestRequest.fromFile(REQUEST),
      contentType: 'text/csv',
      accept: 'application/json',
      expect: [Expectation.jsonPath('$.predictions[0]').exists()],
    },
  });
  new CfnOutput(stack, 'EndpointName', { value: endpoint.endpointName });
}
