import {
  Duration,
  type ITaggableV2,
  TagManager,
  TagType,
  type aws_iam as iam,
  type aws_sagemaker as sagemaker,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { inApiCase } from '../private/case-conversion';
import { executionRole } from '../private/execution-role';
import type { ValidationProfileRequest } from '../private/job-request';
import { JobResource, jobNamePrefix } from '../private/job-resource';
import { KINDS } from '../private/job-kinds';
import { MAX_PREFIX_LENGTH, hashedName } from '../private/physical-name';
import type { AlgorithmSpecification } from './algorithm-specification';
import type { ValidationProfile } from './validation-profile';

/** The longest timeout of a CloudFormation wait condition; validation can take hours. */
const MAX_VALIDATION_TIME = Duration.hours(12);

/** The properties of AWS::SageMaker::Algorithm without name and tags. */
export type AlgorithmDefinition = Omit<sagemaker.CfnAlgorithmProps, 'algorithmName' | 'tags'>;

interface CustomResourceAlgorithmProps extends AlgorithmSpecification {
  readonly algorithmName?: string;
  readonly revision?: string;
  readonly validationProfiles?: ValidationProfile[];
  readonly validationRole?: iam.IRole;

  readonly definition: AlgorithmDefinition;
}

/**
 * An algorithm that the job handler creates, monitors during its validation, and deletes. It replaces
 * AWS::SageMaker::Algorithm where that is not available or does not suffice.
 */
export class CustomResourceAlgorithm extends Construct implements ITaggableV2 {
  public readonly algorithmName: string;
  public readonly cdkTagManager = new TagManager(TagType.KEY_VALUE, KINDS.algorithm.resourceType);
  private readonly job: JobResource;

  constructor(scope: Construct, id: string, props: CustomResourceAlgorithmProps) {
    super(scope, id);
    const role = props.validationProfiles && this.validationRole(props);
    const definition = inApiCase(props.definition);
    const profiles = role && this.bindProfiles(props, role);
    const identity = { ...definition, ValidationProfiles: profiles, Revision: props.revision };
    const prefix = jobNamePrefix(this, props.algorithmName ?? scope, MAX_PREFIX_LENGTH);
    this.algorithmName = hashedName(this, {
      prefix,
      structure: () => this.job.identify(identity),
    });
    this.job = new JobResource(this, 'Job', {
      kind: 'algorithm',
      exactName: this.algorithmName,
      request: {
        ...definition,
        ValidationSpecification: role && { ValidationRole: role.roleArn, ValidationProfiles: profiles },
      },
      // An algorithm with another name is another resource, although all other properties are the same.
      identity: { ...identity, Prefix: prefix },
      role,
      wait: MAX_VALIDATION_TIME,
      tags: this.cdkTagManager,
    });
  }

  /** Sets a member of the request that creates the algorithm, which becomes part of its name. */
  public override(path: string, value: unknown): void {
    this.job.override(path, value);
  }

  /** The training specification with the overrides of its members. */
  public trainingIdentity(specification: object): object {
    return this.job.identify(specification, 'TrainingSpecification');
  }

  private validationRole({ validationRole, images, inference }: CustomResourceAlgorithmProps): iam.IRole {
    const role = executionRole(this, validationRole, ['TrainingJobs', 'TransformJobs']);
    images.training.bind(this, role);
    if (inference !== undefined) images.inference?.bind(this, role);
    return role;
  }

  private bindProfiles(props: CustomResourceAlgorithmProps, role: iam.IRole): ValidationProfileRequest[] {
    return (props.validationProfiles ?? []).map((profile) => profile._bind(this, role, props));
  }
}
