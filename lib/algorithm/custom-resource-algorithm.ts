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

/** Validation takes up to some hours; nothing in a stack can be waited for longer than this. */
const LONGEST_VALIDATION = Duration.hours(12);

/** An algorithm as its L1 has it, without its name. */
export type AlgorithmDefinition = Omit<sagemaker.CfnAlgorithmProps, 'algorithmName' | 'tags'>;

interface CustomResourceAlgorithmProps extends AlgorithmSpecification {
  readonly algorithmName?: string;
  readonly revision?: string;
  readonly validationProfiles?: ValidationProfile[];
  readonly validationRole?: iam.IRole;

  /** The algorithm as CloudFormation's own type would be told. */
  readonly definition: AlgorithmDefinition;
}

/**
 * An algorithm that the handler of jobs creates, watches while it is validated, and deletes: what CloudFormation's own type
 * cannot do, or not in every region.
 */
export class CustomResourceAlgorithm extends Construct implements ITaggableV2 {
  public readonly algorithmName: string;
  public readonly cdkTagManager = new TagManager(TagType.KEY_VALUE, KINDS.algorithm.resourceType);

  constructor(scope: Construct, id: string, props: CustomResourceAlgorithmProps) {
    super(scope, id);
    const role = props.validationProfiles && this.roleOf(props);
    const definition = inApiCase(props.definition);
    const profiles = role && this.profiles(props, role);
    const identity = { ...definition, ValidationProfiles: profiles, Revision: props.revision };
    this.algorithmName = hashedName(this, {
      prefix: jobNamePrefix(this, props.algorithmName ?? scope, MAX_PREFIX_LENGTH),
      structure: () => identity,
    });
    new JobResource(this, 'Job', {
      kind: 'algorithm',
      exactName: this.algorithmName,
      request: {
        ...definition,
        ValidationSpecification: role && { ValidationRole: role.roleArn, ValidationProfiles: profiles },
      },
      identity,
      role,
      wait: LONGEST_VALIDATION,
      tags: this.cdkTagManager,
    });
  }

  private roleOf({ validationRole, images, inference }: CustomResourceAlgorithmProps): iam.IRole {
    const role = executionRole(this, validationRole, ['TrainingJobs', 'TransformJobs']);
    images.training.bind(this, role);
    if (inference !== undefined) images.inference?.bind(this, role);
    return role;
  }

  private profiles(props: CustomResourceAlgorithmProps, role: iam.IRole): ValidationProfileRequest[] {
    return (props.validationProfiles ?? []).map((profile) => profile._bind(this, role, props));
  }
}
