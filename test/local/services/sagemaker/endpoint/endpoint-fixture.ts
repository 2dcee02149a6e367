import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DescribeEndpointCommand,
  type DescribeEndpointCommandOutput,
  type ProductionVariant,
  UpdateEndpointCommand,
  type UpdateEndpointCommandInput,
} from '@aws-sdk/client-sagemaker';
import {
  InvokeEndpointCommand,
  type InvokeEndpointCommandInput,
  type InvokeEndpointCommandOutput,
  SageMakerRuntimeClient,
} from '@aws-sdk/client-sagemaker-runtime';
import type { RequestListener } from 'node:http';
import { type Inside, serving } from '../../../fake-engine';
import type { ServiceFixture, StartOptions } from '../../fixture';

/** An event that a test waits for. */
export class Signal<T = void> {
  public send: (value: T) => void = () => undefined;
  public readonly sent = new Promise<T>((resolve) => (this.send = resolve));
}

/** Responds to the invocations of one container, of which there are `number` so far. */
export type Handler = (container: { readonly number: number; readonly inside: Inside }) => RequestListener;

/** The endpoint "churn" of a service, and how tests use it. */
export class EndpointFixture {
  constructor(private readonly service: ServiceFixture) {}

  /** Restarts the service with containers that are healthy, and respond as the handler does. */
  public async serve(
    handler: Handler,
    options: Pick<StartOptions, 'maxInstances' | 'endpointQuotas' | 'gpus' | 'onStartUpLog'> = {},
  ): Promise<void> {
    let number = 0;
    const program = serving((inside) => {
      const listener = handler({ number: ++number, inside });
      return {
        listener: (request, response) => {
          if (request.url !== '/ping') return listener(request, response);
          request.resume();
          response.end();
        },
      };
    });
    await this.service.restart({ program, ...options });
  }

  public async createModel(ModelName: string, Environment: Record<string, string> = {}): Promise<void> {
    const PrimaryContainer = { Image: 'churn:1', Environment };
    await this.service.sagemaker.send(new CreateModelCommand({ ModelName, PrimaryContainer }));
  }

  /** Creates a configuration with one variant for a model of the same name. */
  public async createConfig(name: string, variant: Partial<ProductionVariant> = {}, more: object = {}): Promise<void> {
    const InstanceType = 'ml.m5.large' as const;
    const main = { VariantName: 'main', ModelName: name, InitialInstanceCount: 1, InstanceType, ...variant };
    await this.service.sagemaker.send(
      new CreateEndpointConfigCommand({ EndpointConfigName: name, ProductionVariants: [main], ...more }),
    );
  }

  /** Creates the endpoint with a model and a configuration, and waits until it is in service. */
  public async create(variant: Partial<ProductionVariant> = {}, more: object = {}): Promise<void> {
    await this.createModel('churn');
    await this.createConfig('churn', variant, more);
    await this.createWith('churn');
  }

  /** Creates the endpoint with an existing configuration, and waits until it is in service. */
  public async createWith(EndpointConfigName: string): Promise<void> {
    const inService = this.becomes('InService');
    await this.service.sagemaker.send(new CreateEndpointCommand({ EndpointName: 'churn', EndpointConfigName }));
    await inService;
  }

  /** Starts an update to a configuration that has been created. */
  public async startUpdate(EndpointConfigName: string, more: Partial<UpdateEndpointCommandInput> = {}): Promise<void> {
    await this.service.sagemaker.send(
      new UpdateEndpointCommand({ EndpointName: 'churn', EndpointConfigName, ...more }),
    );
  }

  /** Resolves when the endpoint gets a status. Must be called before the request that leads to it. */
  public becomes(status: string): Promise<void> {
    const signal = new Signal();
    this.service.events.subscribe('endpoint', ({ EndpointStatus }) => {
      if (EndpointStatus === status) signal.send();
    });
    return signal.sent;
  }

  /** The statuses of the endpoint from now on. */
  public statuses(): string[] {
    const statuses: string[] = [];
    this.service.events.subscribe('endpoint', ({ EndpointStatus }) => statuses.push(EndpointStatus));
    return statuses;
  }

  public describe(): Promise<DescribeEndpointCommandOutput> {
    return this.service.sagemaker.send(new DescribeEndpointCommand({ EndpointName: 'churn' }));
  }

  public get runtime(): SageMakerRuntimeClient {
    return this.service.client(SageMakerRuntimeClient);
  }

  public async respond(input: Partial<InvokeEndpointCommandInput> = {}): Promise<InvokeEndpointCommandOutput> {
    return this.runtime.send(new InvokeEndpointCommand({ EndpointName: 'churn', Body: '1', ...input }));
  }

  public async invoke(input: Partial<InvokeEndpointCommandInput> = {}): Promise<string> {
    const { Body } = await this.respond(input);
    return Buffer.from(Body).toString();
  }

  /** Invokes the endpoint until a response is among the expected ones. */
  public async until(expected: (response: string) => boolean): Promise<void> {
    while (!expected(await this.invoke()));
  }
}
