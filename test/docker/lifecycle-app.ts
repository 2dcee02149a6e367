import { CreateModelPackageCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import * as path from 'node:path';
import { Lifecycle } from './lifecycle';
import { LocalMachine, outputOf, succeeded } from './local-machine';

/** The app in `fixtures/lifecycle-app` on a machine of its own. */
export class LifecycleApp extends Lifecycle {
  public static readonly BUCKET = 'lifecycle-data';
  public static readonly WORKFLOW = 'lifecycle-retraining';
  public static readonly RELEASE = 'lifecycle-release';
  public endpointName = '';
  private image = '';

  constructor() {
    super(new LocalMachine(path.join(__dirname, 'fixtures', 'lifecycle-app', 'app.ts')), {
      group: 'lifecycle',
      parameter: '/lifecycle/released',
      trainingStack: 'Training',
      hostingStack: 'Hosting',
    });
  }

  public async deployTraining(): Promise<void> {
    const training = await this.machine.cdk('deploy', {}, 'Training');
    succeeded(training);
    this.image = outputOf(training, 'Training', 'ImageUri');
  }

  public async deployHosting(): Promise<void> {
    const hosting = await this.machine.cdk('deploy', {}, 'Hosting');
    succeeded(hosting);
    this.endpointName = outputOf(hosting, 'Hosting', 'EndpointName');
  }

  /** Registers a version that waits for approval, and whose container has environment variables. Returns its ARN. */
  public async register(Environment: Record<string, string>): Promise<string> {
    const InferenceSpecification = {
      Containers: [{ Image: this.image, Environment }],
      SupportedContentTypes: ['text/plain'],
      SupportedResponseMIMETypes: ['text/plain'],
      SupportedRealtimeInferenceInstanceTypes: ['ml.c7i.large' as const],
      SupportedTransformInstanceTypes: ['ml.m5.large' as const],
    };
    const { ModelPackageArn = '' } = await this.machine.client(SageMakerClient).send(
      new CreateModelPackageCommand({
        ModelPackageGroupName: 'lifecycle',
        ModelApprovalStatus: 'PendingManualApproval',
        InferenceSpecification,
      }),
    );
    return ModelPackageArn;
  }

  /** The response of the endpoint: the prefix of the version, and the request. */
  public predict(): Promise<string> {
    return this.invoke({ EndpointName: this.endpointName, Body: '?' });
  }
}
