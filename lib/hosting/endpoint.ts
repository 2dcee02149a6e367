import { Names, Resource, aws_iam as iam, aws_sagemaker as sagemaker } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { nameFromArn, sagemakerArn } from '../private/arn';
import { Faults } from '../private/validation';
import type { IEndpointConfig } from './endpoint-config';

/** An endpoint: models that answer over HTTPS. */
export interface IEndpoint extends sagemaker.IEndpoint {
  /**
   * Grants rights on this endpoint.
   *
   * @param grantee who is granted them
   * @param actions the rights, for example `sagemaker:DescribeEndpoint`
   */
  grant(grantee: iam.IGrantable, ...actions: string[]): iam.Grant;
}

/** The definition of an endpoint. */
export interface EndpointProps {
  /** What the endpoint runs. When it changes, the endpoint moves to the new one without downtime. */
  readonly config: IEndpointConfig;

  /**
   * The name of the endpoint, at most 63 letters, digits and hyphens. Changing it makes a new endpoint.
   *
   * @default - made of the construct's path
   */
  readonly endpointName?: string;
}

abstract class EndpointBase extends Resource implements IEndpoint {
  public abstract readonly endpointArn: string;
  public abstract readonly endpointName: string;

  public get endpointRef(): sagemaker.EndpointReference {
    return { endpointArn: this.endpointArn };
  }

  public grant(grantee: iam.IGrantable, ...actions: string[]): iam.Grant {
    return iam.Grant.addToPrincipal({ grantee, actions, resourceArns: [this.endpointArn] });
  }

  public grantInvoke(grantee: iam.IGrantable): iam.Grant {
    return this.grant(grantee, 'sagemaker:InvokeEndpoint');
  }
}

/**
 * An endpoint: models that answer over HTTPS.
 *
 * Its name and ARN are known at synthesis, so that alarms and log groups can exist before it.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpoint.html
 * @resource AWS::SageMaker::Endpoint
 */
export class Endpoint extends EndpointBase {
  /**
   * An existing endpoint of this account and region.
   *
   * @param scope the parent
   * @param id the id of the construct
   * @param endpointName its name
   */
  public static fromEndpointName(scope: Construct, id: string, endpointName: string): IEndpoint {
    return importEndpoint(scope, id, { endpointName, endpointArn: sagemakerArn(scope, 'endpoint', endpointName) });
  }

  /**
   * An existing endpoint, by its ARN.
   *
   * @param scope the parent
   * @param id the id of the construct
   * @param endpointArn its ARN
   */
  public static fromEndpointArn(scope: Construct, id: string, endpointArn: string): IEndpoint {
    return importEndpoint(scope, id, { endpointName: nameFromArn(endpointArn), endpointArn });
  }

  public readonly endpointArn: string;
  public readonly endpointName: string;

  constructor(scope: Construct, id: string, props: EndpointProps) {
    super(scope, id);
    const faults = new Faults(`Endpoint ${this.node.path}`);
    faults.check('endpointName', 'EndpointName', props.endpointName);
    faults.when(props.endpointName === '', '`endpointName` must not be empty');
    faults.throwIfAny();

    this.endpointName = props.endpointName ?? Names.uniqueResourceName(this, { maxLength: 63, separator: '-' });
    this.endpointArn = sagemakerArn(this, 'endpoint', this.endpointName);
    new sagemaker.CfnEndpoint(this, 'Resource', {
      endpointName: this.endpointName,
      endpointConfigName: props.config.endpointConfigName,
    });
  }
}

function importEndpoint(scope: Construct, id: string, names: { endpointName: string; endpointArn: string }): IEndpoint {
  class Import extends EndpointBase {
    public readonly endpointName = names.endpointName;
    public readonly endpointArn = names.endpointArn;
  }
  return new Import(scope, id, { environmentFromArn: names.endpointArn });
}
